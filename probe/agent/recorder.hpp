#pragma once

// Whom the schedule tells what it does: the sinks, and the agent's memory of recent results. Called on the shards'
// threads; queries come from any thread, changes from the one that loads configurations.

#include <chrono>
#include <string>
#include <vector>

#include "exporters/history/recent_results.hpp"
#include "exporters/log/log_sink.hpp"
#include "exporters/prometheus/series_store.hpp"
#include "exporters/sink.hpp"
#include "probe/agent/agent_metrics.hpp"
#include "scheduler/observer.hpp"

namespace vedette {

class Recorder final : public Observer {
 public:
  /// `log_runs`: a log line for every run, not only for changes of state.
  explicit Recorder(bool log_runs);

  /// Makes `checks` the ones whose results count. `common` labels stand behind each check's own.
  void apply(const std::vector<CheckPtr>& checks, const Labels& common);
  /// The sinks send what they still hold, until `deadline` at the latest.
  void stop(std::chrono::steady_clock::time_point deadline) { sinks_.stop(deadline); }

  /// All families as a page.
  [[nodiscard]] std::string page(ExpositionFormat format, const std::vector<ShardState>& shards);
  [[nodiscard]] AgentMetrics& metrics() { return metrics_; }
  [[nodiscard]] const RecentResults& recent() const { return recent_; }

  void started(const CheckPtr& check, Duration lateness) override { sinks_.started(check, lateness); }
  void skipped(const CheckPtr& check, Skip reason) override { sinks_.skipped(check, reason); }
  void retried(const CheckPtr& check, const Result& result) override { sinks_.retried(check, result); }
  void finished(const CheckPtr& check, const ResultPtr& result) override;
  void lagged(Duration lag) override { metrics_.lagged(lag); }

 private:
  AgentMetrics metrics_;
  SeriesStore series_;
  LogSink log_;
  RecentResults recent_;
  FanOut sinks_;
};

}  // namespace vedette
