#include "probe/agent/agent_metrics.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/version.hpp"
#include "exporters/log/log.hpp"
#include "net/io/clock.hpp"
#include "net/io/run_memory.hpp"

namespace vedette {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Registry;

const prometheus::Histogram::BucketBoundaries kDelayBuckets{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                                            0.05,   0.1,   0.25,  0.5,   1};

prometheus::Gauge* gauge(Registry& registry, const char* name, const char* help) {
  return &BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Counter* counter(Registry& registry, const char* name, const char* help) {
  return &BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Histogram* histogram(Registry& registry, const char* name, const char* help) {
  return &BuildHistogram().Name(name).Help(help).Register(registry).Add({}, kDelayBuckets);
}

}  // namespace

AgentMetrics::AgentMetrics()
    : info_(&BuildGauge().Name("vedette_agent_info").Help("The agent's name and region").Register(registry_)),
      scenario_errors_(&BuildGauge()
                            .Name("probe_scenario_config_error")
                            .Help("Files of scenarios with mistakes, when the configuration was read last")
                            .Register(registry_)),
      reload_successful_(gauge(registry_, "vedette_config_last_reload_successful",
                               "Whether the last configuration that was read is in force")),
      reload_time_(gauge(registry_, "vedette_config_last_reload_success_timestamp_seconds",
                         "When the configuration in force was read, in unixtime")),
      generation_(gauge(registry_, "vedette_config_generation", "Counts the configurations that were put in force")),
      in_flight_(gauge(registry_, "vedette_runs_in_flight", "Scheduled runs that have begun and not ended")),
      since_turn_(&BuildGauge()
                       .Name("vedette_shard_since_turn_seconds")
                       .Help("How long ago the event loop of a shard last turned; it does so every 50 ms")
                       .Register(registry_)),
      run_memory_(gauge(registry_, "vedette_run_memory_bytes",
                        "What runs hold of large answers, as agent.limits.memory counts it")),
      run_memory_limit_(gauge(registry_, "vedette_run_memory_limit_bytes", "agent.limits.memory")),
      log_dropped_(counter(registry_, "vedette_log_lines_dropped_total",
                           "Log lines that could not be written, because nobody read them or there were too many")),
      retries_(
          counter(registry_, "vedette_run_retries_total", "Failed runs that were repeated before the failure counted")),
      clock_steps_(counter(registry_, "vedette_clock_steps_total",
                           "How often the real-time clock was seen to be set by more than 10 ms")),
      kernel_stamps_(gauge(registry_, "vedette_kernel_timestamps",
                           "Whether the kernel stamps what arrives; without, latencies are the user clock's")),
      on_demand_(counter(registry_, "vedette_on_demand_runs_total", "Runs that somebody asked for over the API")),
      on_demand_refused_(
          counter(registry_, "vedette_on_demand_refused_total", "Runs asked for that exceeded the budget")),
      unknown_modules_(
          counter(registry_, "vedette_module_unknown_total", "Probes asked for with a module that is not there")),
      scrapes_(&BuildCounter()
                    .Name("promhttp_metric_handler_requests_total")
                    .Help("Answers to requests for /metrics, by status")
                    .Register(registry_)),
      tls_refresh_failures_(
          counter(registry_, "vedette_tls_refresh_failures_total", "Changed TLS files that could not be loaded")),
      lateness_(histogram(registry_, "vedette_schedule_lateness_seconds",
                          "How long after its point on the grid a run was started")),
      loop_lag_(histogram(registry_, "vedette_loop_lag_seconds", "How late the event loops came to their heartbeat")),
      overhead_(histogram(registry_, "vedette_run_overhead_seconds",
                          "What the agent itself added to runs; no part of any latency")) {
  BuildGauge()
      .Name("vedette_build_info")
      .Help("The version of this program")
      .Register(registry_)
      .Add({{"version", std::string(kVersion)}})
      .Set(1);
  auto& states =
      BuildGauge().Name("vedette_checks").Help("Checks by the verdict of their last run").Register(registry_);
  constexpr std::array<const char*, 5> kStates{"pass", "warn", "fail", "unknown", "pending"};
  for (std::size_t i = 0; i < kStates.size(); ++i) states_[i] = &states.Add({{"state", kStates[i]}});
  auto& skipped = BuildCounter()
                      .Name("vedette_runs_skipped_total")
                      .Help("Due runs that have no result, by reason")
                      .Register(registry_);
  for (std::size_t i = 0; i < skipped_.size(); ++i) {
    skipped_[i] = &skipped.Add({{"reason", std::string(name_of(static_cast<Skip>(i)))}});
  }
  auto& disturbed = BuildCounter()
                        .Name("vedette_runs_disturbed_total")
                        .Help("Runs whose numbers are less trustworthy than others, by cause")
                        .Register(registry_);
  for (const auto cause : {Disturbance::kOverhead, Disturbance::kClock}) {
    disturbed_[static_cast<std::size_t>(cause)] = &disturbed.Add({{"cause", std::string(name_of(cause))}});
  }
  // All that an exporter of Go's has from the beginning.
  for (const auto* code : {"200", "500", "503"}) scrapes_->Add({{"code", code}});
  kernel_stamps_->Set(net::kernel_stamps() ? 1 : 0);
  auto& runs = BuildCounter().Name("vedette_runs_total").Help("Runs that counted, by verdict").Register(registry_);
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i] = &runs.Add({{"verdict", std::string(name_of(static_cast<Verdict>(i)))}});
  }
}

void AgentMetrics::describe(const AgentSettings& settings) {
  if (last_info_ != nullptr) info_->Remove(last_info_);
  last_info_ = &info_->Add({{"name", settings.name}, {"region", settings.region}});
  last_info_->Set(1);
}

void AgentMetrics::reloaded(bool successful, const config::Diagnostics& diagnostics) {
  for (auto* gauge : std::exchange(last_scenario_errors_, {})) scenario_errors_->Remove(gauge);
  std::set<std::string> files;
  for (const auto& [severity, place, message, hint] : diagnostics.sorted()) {
    const bool of_scenario = place.source && place.source->further;
    if (severity == config::Severity::kError && of_scenario) files.insert(place.source->path);
  }
  for (const auto& file : files) {
    last_scenario_errors_.push_back(&scenario_errors_->Add({{"file", file}}));
    last_scenario_errors_.back()->Set(1);
  }
  reload_successful_->Set(successful ? 1 : 0);
  if (!successful) return;
  generation_->Increment();
  reload_time_->SetToCurrentTime();
}

void AgentMetrics::set_shards(const std::vector<ShardState>& shards) {
  std::size_t in_flight = 0;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    in_flight += shards[i].in_flight;
    since_turn_->Add({{"shard", std::to_string(i)}}).Set(seconds(shards[i].since_turn));
  }
  in_flight_->Set(static_cast<double>(in_flight));
  run_memory_->Set(static_cast<double>(RunMemory::shared().used()));
  run_memory_limit_->Set(static_cast<double>(RunMemory::shared().limit()));
  log_dropped_->Increment(static_cast<double>(log::dropped()) - log_dropped_->Value());
}

void AgentMetrics::finished(const CheckPtr& /*check*/, const ResultPtr& result, std::optional<Verdict> /*before*/) {
  runs_[static_cast<std::size_t>(result->verdict)]->Increment();
  overhead_->Observe(seconds(result->overhead));
  if (auto* counter = disturbed_[static_cast<std::size_t>(result->disturbed)]) counter->Increment();
}

void AgentMetrics::scraped(int status) {
  scrapes_->Add({{"code", std::to_string(status)}}).Increment();
}

std::vector<prometheus::MetricFamily> AgentMetrics::collect() const {
  constexpr std::array<std::pair<std::string_view, const char*>, 4> kTheirs{
      {{"vedette_config_last_reload_successful", "blackbox_exporter_config_last_reload_successful"},
       {"vedette_config_last_reload_success_timestamp_seconds",
        "blackbox_exporter_config_last_reload_success_timestamp_seconds"},
       {"vedette_build_info", "blackbox_exporter_build_info"},
       {"vedette_module_unknown_total", "blackbox_module_unknown_total"}}};
  auto out = registry_.Collect();
  for (const auto& [ours, theirs] : kTheirs) {
    const auto family = std::find_if(out.begin(), out.end(), [&](const auto& one) { return one.name == ours; });
    auto copy = *family;
    copy.name = theirs;
    out.push_back(std::move(copy));
  }
  return out;
}

void AgentMetrics::set_states(const std::array<std::size_t, 5>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) states_[i]->Set(static_cast<double>(counts[i]));
}

}  // namespace vedette
