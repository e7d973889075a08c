#pragma once

// Durations and sizes as people write them.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::config {

using Duration = std::chrono::nanoseconds;

/// Go's duration text (`300ms`, `1.5s`, `1h30m`; units ns us µs ms s m h) and, beyond Go, `d` (24 h) and `w` (7 d).
/// A number without a unit is refused (except `0`), as blackbox_exporter does. The error says what would be right.
tl::expected<Duration, std::string> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back to the same value, such as `1m30s`.
std::string format_duration(Duration duration);

/// A size with a suffix, all of base 2: `512B`, `1KB` = `1KiB` = 1024, `1.5MB`, … `0` needs none.
/// Negative means no limit, as blackbox_exporter reads it.
tl::expected<std::int64_t, std::string> parse_size(std::string_view text);

}  // namespace vedette::config
