#pragma once

// What the status page and the API show: each check's last result, its last failure, and its recent latencies.
// Written by the shards, read by the web thread.

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "exporters/prometheus/by_check.hpp"

namespace vedette {

/// A copy of what is known of one check.
struct CheckView {
  CheckPtr check;
  ResultPtr last;                               ///< nullptr before the first
  ResultPtr last_failure;                       ///< with its evidence
  std::chrono::system_clock::time_point since;  ///< when it came into the state it is in
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;

  struct Point {
    float seconds = 0;
    Verdict verdict = Verdict::kUnknown;
  };
  std::vector<Point> recent;  ///< oldest first
};

class RecentResults {
 public:
  RecentResults();
  ~RecentResults();
  RecentResults(const RecentResults&) = delete;
  RecentResults& operator=(const RecentResults&) = delete;

  /// What is known of a name and a target is kept, unless they are of another kind now.
  void apply(const std::vector<CheckPtr>& checks);
  /// Returns the verdict before this result; nothing for the first one or a check that has gone.
  std::optional<Verdict> record(const Check& check, const ResultPtr& result);

  /// How many checks have each verdict, and behind them how many have none yet.
  [[nodiscard]] std::array<std::size_t, 5> states() const;

  /// All checks in the order of the configuration, or those called `name`.
  [[nodiscard]] std::vector<CheckView> all() const;
  [[nodiscard]] std::vector<CheckView> named(const std::string& name) const;

 private:
  struct Entry;
  ByCheck<Entry> entries_;
};

}  // namespace vedette
