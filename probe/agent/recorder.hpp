#pragma once

// Everyone who is told what the schedule does: the series, the recent results, the agent's own metrics and the log.
// Called on the shards' threads; queries and changes come from one other thread.

#include <memory>
#include <string>
#include <vector>

#include "exporters/history/recent_results.hpp"
#include "exporters/prometheus/series_store.hpp"
#include "probe/agent/agent_metrics.hpp"
#include "scheduler/observer.hpp"

namespace vedette {

/// Writes down, whatever the log's level for runs is, that the egress policy has refused a run.
void audit(const Check& check, const Result& result);

class Recorder final : public Observer {
 public:
  /// `log_runs`: a log line for every run, not only for changes of state.
  explicit Recorder(bool log_runs);

  /// Makes `checks` the ones whose results count. `common` labels stand behind each check's own.
  void apply(const std::vector<CheckPtr>& checks, const Labels& common);

  /// All families as a page.
  [[nodiscard]] std::string page(Format format, const std::vector<ShardState>& shards);
  [[nodiscard]] AgentMetrics& metrics() { return metrics_; }
  [[nodiscard]] const RecentResults& recent() const { return recent_; }

  void started(const CheckPtr& check, Duration lateness) override;
  void skipped(const CheckPtr& check, Skip reason) override;
  void retried(const CheckPtr& check, const Result& result) override;
  void finished(const CheckPtr& check, const ResultPtr& result) override;
  void lagged(Duration lag) override { metrics_.lagged(lag); }

 private:
  const bool log_runs_;
  AgentMetrics metrics_;
  SeriesStore series_;
  RecentResults recent_;
};

}  // namespace vedette
