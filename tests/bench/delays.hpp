#pragma once

// Reads what a request asks of the delay server, and makes its answer.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette::bench {

struct Asked {
  std::chrono::microseconds delay{};
  std::uint64_t id = 0;
};

/// The path `/d/DELAY_US/ID`.
std::optional<Asked> asked_by_path(std::string_view path);

/// A question for `DELAY_US.ID.anything`.
std::optional<Asked> asked_by_query(std::string_view message);

/// The reply with one address, for a message that asked_by_query() has understood.
std::string reply_to(std::string_view message);

}  // namespace vedette::bench
