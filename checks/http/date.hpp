#pragma once

// Dates in HTTP's headers.

#include <ctime>
#include <optional>
#include <string>

namespace vedette::http {

/// Seconds since the epoch, of any of the three forms of RFC 9110 section 5.6.7; nothing when it is none of them.
std::optional<std::time_t> parse_http_date(const std::string& text);

}  // namespace vedette::http
