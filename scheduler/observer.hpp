#pragma once

// Who is told what the schedule does. Called on the shards' threads, so implementations are thread-safe and quick.

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "checks/skip.hpp"

namespace vedette {

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
