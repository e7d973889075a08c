#pragma once

// Who is told what the schedule does. Called on the shards' threads, so implementations are thread-safe and quick.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// Why a due run has no result.
enum class Skip : std::uint8_t {
  kOverlap,  ///< the run before has not ended
  kLate,     ///< the agent did not get round to it in time
  kBudget,   ///< too many runs were in flight
  kChanged,  ///< it was cut off, or had not begun, when a reload changed its check
};

inline constexpr std::size_t kSkips = 4;  ///< how many reasons there are

inline std::string_view name_of(Skip skip) {
  switch (skip) {
    case Skip::kOverlap:
      return "overlap";
    case Skip::kLate:
      return "late";
    case Skip::kBudget:
      return "budget";
    case Skip::kChanged:
      return "changed";
  }
  return "unknown";
}

class Observer {
 public:
  virtual ~Observer() = default;
  /// A run was started `lateness` after its point on the grid.
  virtual void started(const CheckPtr& check, Duration lateness) = 0;
  virtual void skipped(const CheckPtr& check, Skip reason) = 0;
  /// A run failed and will be repeated before the failure counts.
  virtual void retried(const CheckPtr& check, const Result& result) = 0;
  /// A run ended and its result counts.
  virtual void finished(const CheckPtr& check, const ResultPtr& result) = 0;
  /// The loop of a shard came this much later to a timer than asked.
  virtual void lagged(Duration lag) = 0;
};

}  // namespace vedette
