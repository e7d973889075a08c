#pragma once

// Times and durations in CEL: as text, and their parts.

#include <cstdint>
#include <string>
#include <string_view>

#include "cel/functions.hpp"

namespace vedette::cel {

/// Whole seconds since 1970, rounded down.
std::int64_t floor_seconds(std::int64_t nanoseconds);

Outcome timestamp_of(std::int64_t seconds);
/// RFC 3339.
Outcome parse_timestamp(const std::string& text);
std::string format_timestamp(const Timestamp& time);
/// Go's words, such as `1h30m`.
Outcome parse_duration(const std::string& text);
/// Seconds and an `s`.
std::string format_duration(const Duration& duration);

bool is_time_part(std::string_view name);
/// `zone` is UTC or an offset such as +02:00.
Outcome time_part(std::string_view name, const Timestamp& time, const std::string& zone);
Outcome duration_part(std::string_view name, const Duration& duration);

}  // namespace vedette::cel
