#pragma once

// Where the results of scheduled runs go: each exporter is a sink. Sinks are told on the shards' threads, of several
// shards at the same time, so they are thread-safe and never make a shard wait. apply() comes from the thread that
// loads configurations. What a sink does not need, it leaves out.

#include <chrono>
#include <optional>
#include <vector>

#include "base/labels.hpp"
#include "checks/check.hpp"
#include "checks/result.hpp"
#include "checks/skip.hpp"

namespace vedette {

class Sink {
 public:
  virtual ~Sink() = default;

  /// Makes `checks` the ones whose results count. `common` labels stand behind each check's own.
  virtual void apply(const std::vector<CheckPtr>& /*checks*/, const Labels& /*common*/) {}
  /// A run was started `lateness` after its point on the grid.
  virtual void started(const CheckPtr& /*check*/, Duration /*lateness*/) {}
  virtual void skipped(const CheckPtr& /*check*/, Skip /*reason*/) {}
  /// A run failed and will be repeated before the failure counts.
  virtual void retried(const CheckPtr& /*check*/, const Result& /*result*/) {}
  /// A run ended and its result counts. `before` is the verdict of the check's last run; nothing for its first.
  virtual void finished(const CheckPtr& /*check*/, const ResultPtr& /*result*/, std::optional<Verdict> /*before*/) {}
  /// The process ends: sends what the sink still holds, until `deadline` at the latest. It may wait, and it may still
  /// be told of runs meanwhile.
  virtual void stop(std::chrono::steady_clock::time_point /*deadline*/) {}
};

/// Tells each of its sinks, in the order in which they were added.
class FanOut final : public Sink {
 public:
  /// `sink` outlives the fan-out.
  void add(Sink& sink) { sinks_.push_back(&sink); }

  void apply(const std::vector<CheckPtr>& checks, const Labels& common) override;
  void started(const CheckPtr& check, Duration lateness) override;
  void skipped(const CheckPtr& check, Skip reason) override;
  void retried(const CheckPtr& check, const Result& result) override;
  void finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> before) override;
  void stop(std::chrono::steady_clock::time_point deadline) override;

 private:
  std::vector<Sink*> sinks_;
};

}  // namespace vedette
