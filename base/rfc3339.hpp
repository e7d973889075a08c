#pragma once

#include <chrono>
#include <string>

namespace vedette {

/// `2026-11-22T09:41:00Z`, with three digits behind the second when `milliseconds` are wanted (RFC 3339).
std::string rfc3339(std::chrono::system_clock::time_point time, bool milliseconds = false);

}  // namespace vedette
