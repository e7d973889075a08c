#pragma once

// How much a run of a scenario may do. Each limit that is reached ends what reached it with the reason `limit`, and the
// limit's name.

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace vedette::config {
class Mapping;
}

namespace vedette::scenarios {

struct Limits {
  std::int64_t requests = 100;                    ///< of a run, with retries, polls and redirects
  std::int64_t steps = 50;                        ///< of a run, loops and calls unrolled
  std::int64_t body = std::int64_t{1} << 20;      ///< bytes of a response that are read
  std::int64_t inflated = std::int64_t{8} << 20;  ///< the same, decompressed
  std::int64_t inflation = 100;                   ///< how often the one may be the other, beyond kFreelyInflated
  std::int64_t json_depth = 64;
  std::int64_t xml_depth = 64;
  std::int64_t jsonpath_nodes = 100'000;
  std::int64_t xpath_operations = 100'000;
  std::int64_t captured_value = std::int64_t{16} << 10;   ///< bytes of one capture
  std::int64_t captured_bytes = std::int64_t{256} << 10;  ///< bytes of all captures
  std::int64_t template_output = std::int64_t{256} << 10;
  std::int64_t expression_nodes = 10'000;
  std::chrono::nanoseconds cpu = std::chrono::milliseconds(500);  ///< of the thread, for evaluating
};

/// What a limit may be raised to.
struct LimitInfo {
  std::string_view name;
  std::int64_t Limits::* field;
  std::int64_t max;
  bool bytes;
};
std::span<const LimitInfo> all_limits();
constexpr std::chrono::seconds kMaxCpu{5};

/// Reads the mapping `limits`.
Limits decode_limits(config::Mapping& section);

/// For a Hurl file on the command line, which Hurl would not bound.
Limits generous_limits();

/// Bytes: what is no larger when it is decompressed may have been any smaller before.
constexpr std::int64_t kFreelyInflated = std::int64_t{1} << 20;

constexpr int kDeepestNesting = 5;
constexpr std::int64_t kMaxItems = 200;
constexpr std::int64_t kMaxPollAttempts = 200;
constexpr std::chrono::minutes kMaxPollTime{10};
constexpr std::chrono::minutes kMaxDeadline{15};
constexpr std::chrono::seconds kMaxTeardown{60};
constexpr std::size_t kLargestFile = std::size_t{1} << 20;
constexpr std::size_t kMaxNodes = 100'000;
constexpr std::int64_t kMaxRedirects = 20;

}  // namespace vedette::scenarios
