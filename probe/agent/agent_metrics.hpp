#pragma once

// The agent's own metrics, kept by prometheus-cpp. Thread-safe.

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>

#include "checks/result.hpp"
#include "config/diagnostic.hpp"
#include "exporters/sink.hpp"
#include "probe/config/agent_settings.hpp"

namespace vedette {

/// How a shard is now.
struct ShardState {
  std::size_t in_flight = 0;  ///< scheduled runs that go on
  Duration since_turn{};      ///< since its loop last turned
};

class AgentMetrics final : public Sink {
 public:
  AgentMetrics();

  void describe(const AgentSettings& settings);
  /// A configuration was read, and is in force if it was `successful`.
  void reloaded(bool successful, const config::Diagnostics& diagnostics);
  void started(const CheckPtr& /*check*/, Duration lateness) override { lateness_->Observe(seconds(lateness)); }
  void skipped(const CheckPtr& /*check*/, Skip reason) override {
    skipped_[static_cast<std::size_t>(reason)]->Increment();
  }
  void retried(const CheckPtr& /*check*/, const Result& /*result*/) override { retries_->Increment(); }
  void finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> before) override;
  void lagged(Duration lag) { loop_lag_->Observe(seconds(lag)); }
  void clock_stepped() { clock_steps_->Increment(); }
  void on_demand(bool admitted) { (admitted ? on_demand_ : on_demand_refused_)->Increment(); }
  void set_shards(const std::vector<ShardState>& shards);
  /// How many checks are in each state now.
  void set_states(const std::array<std::size_t, 5>& counts);
  void unknown_module() { unknown_modules_->Increment(); }
  void tls_refresh_failed() { tls_refresh_failures_->Increment(); }

  /// /metrics was answered with that status.
  void scraped(int status);

  /// With the families of blackbox_exporter that alerts look at, beside ours that say the same.
  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Gauge>* info_;
  prometheus::Gauge* last_info_ = nullptr;
  prometheus::Family<prometheus::Gauge>* scenario_errors_;
  std::vector<prometheus::Gauge*> last_scenario_errors_;
  prometheus::Gauge* reload_successful_;
  prometheus::Gauge* reload_time_;
  prometheus::Gauge* generation_;
  prometheus::Gauge* in_flight_;
  prometheus::Family<prometheus::Gauge>* since_turn_;
  prometheus::Gauge* run_memory_;
  prometheus::Gauge* run_memory_limit_;
  prometheus::Counter* log_dropped_;
  std::array<prometheus::Gauge*, 5> states_{};
  std::array<prometheus::Counter*, kSkips> skipped_{};
  prometheus::Counter* retries_;
  std::array<prometheus::Counter*, 4> runs_{};
  std::array<prometheus::Counter*, 3> disturbed_{};
  prometheus::Counter* clock_steps_;
  prometheus::Gauge* kernel_stamps_;
  prometheus::Counter* on_demand_;
  prometheus::Counter* on_demand_refused_;
  prometheus::Counter* unknown_modules_;
  prometheus::Family<prometheus::Counter>* scrapes_;
  prometheus::Counter* tls_refresh_failures_;
  prometheus::Histogram* lateness_;
  prometheus::Histogram* loop_lag_;
  prometheus::Histogram* overhead_;
};

/// process_cpu_seconds_total, process_resident_memory_bytes, … of this process, read from /proc.
std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace vedette
