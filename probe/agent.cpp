#include "probe/agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <latch>
#include <mutex>

#include "checks/kinds.hpp"
#include "checks/net/tls_profile.hpp"
#include "exporters/log.hpp"
#include "exporters/state_log.hpp"

namespace vedette {

namespace {

std::vector<const Family*> kind_families() {
  std::vector<const Family*> out;
  for (const auto* kind : all_kinds()) out.insert(out.end(), kind->families.begin(), kind->families.end());
  return out;
}

}  // namespace

Agent::Agent(AgentOptions options) : options_(std::move(options)), series_(kind_families()) {}

Agent::~Agent() {
  shards_.clear();
}

void Agent::make_shards() {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = settings_.shards > 0 ? settings_.shards : cores;
  auto limits = settings_.limits;
  limits.in_flight = std::max<std::size_t>(1, (limits.in_flight + count - 1) / count);
  Observer& observer = *this;
  for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(limits, observer));
}

Shard& Agent::shard_of(const Check& check) {
  return *shards_[stable_hash(check.id()) % shards_.size()];
}

bool Agent::load(config::Diagnostics& diagnostics) {
  auto config = load_config(options_.config_file, diagnostics);
  metrics_.reloaded(config.has_value());
  if (!config) return false;
  settings_ = std::move(config->agent);
  metrics_.describe(settings_);
  // The agent's labels stand on every series: when they change, so has every check.
  std::string labels_text;
  for (const auto& [name, value] : settings_.common_labels()) labels_text += fmt::format("{}={}\n", name, value);
  const auto salt = labels_text.empty() ? 0 : stable_hash(labels_text);
  for (auto& check : config->checks) {
    auto salted = std::make_shared<Check>(*check);
    salted->fingerprint ^= salt;
    check = std::move(salted);
  }
  if (shards_.empty()) make_shards();
  apply(std::move(config->checks));
  ready_ = true;
  return true;
}

void Agent::apply(std::vector<CheckPtr> checks) {
  check_count_ = checks.size();
  // First who is told, then who runs: a result always finds its place.
  series_.apply(checks, settings_.common_labels());
  recent_.apply(checks);
  std::unordered_map<Shard*, std::vector<CheckPtr>> parts;
  for (auto& check : checks) parts[&shard_of(*check)].push_back(std::move(check));
  std::latch applied(static_cast<std::ptrdiff_t>(shards_.size()));
  Scheduler::Change total;
  std::mutex mutex;
  for (const auto& shard : shards_) {
    shard->apply(std::move(parts[shard.get()]), [&](const Scheduler::Change& change) {
      {
        const std::lock_guard lock(mutex);
        total.added += change.added;
        total.changed += change.changed;
        total.removed += change.removed;
        total.kept += change.kept;
      }
      applied.count_down();
    });
  }
  applied.wait();
  log::info("configuration in force", {{"file", options_.config_file},
                                       {"checks", fmt::format("{}", check_count_)},
                                       {"added", fmt::format("{}", total.added)},
                                       {"changed", fmt::format("{}", total.changed)},
                                       {"removed", fmt::format("{}", total.removed)},
                                       {"kept", fmt::format("{}", total.kept)}});
}

bool Agent::run_now(const CheckPtr& check, std::function<void(Result)> done) {
  if (on_demand_.fetch_add(1) >= settings_.on_demand) {
    --on_demand_;
    metrics_.on_demand(false);
    return false;
  }
  metrics_.on_demand(true);
  shard_of(*check).run_now(check, Detail::kAlways, [this, done = std::move(done)](Result result) {
    --on_demand_;
    done(std::move(result));
  });
  return true;
}

void Agent::stop() {
  ready_ = false;
  std::latch drained(static_cast<std::ptrdiff_t>(shards_.size()));
  for (const auto& shard : shards_) {
    shard->drain(settings_.shutdown_grace, [&drained] { drained.count_down(); });
  }
  drained.wait();
}

std::string Agent::metrics_page(Format format) {
  std::array<std::size_t, 5> states{};
  constexpr std::size_t kPending = 4;
  recent_.for_each(
      [&](const CheckView& view) { ++states[view.last ? static_cast<std::size_t>(view.last->verdict) : kPending]; });
  metrics_.set_states(states);
  std::size_t in_flight = 0;
  for (const auto& shard : shards_) in_flight += shard->in_flight();
  metrics_.set_in_flight(in_flight);
  std::string page;
  series_.append_page(page, format);
  append_families(page, metrics_.collect(), format);
  append_families(page, process_metrics(), format);
  if (format == Format::kOpenMetrics) page += "# EOF\n";
  return page;
}

bool Agent::alive(Duration bound) const {
  const auto oldest = std::chrono::steady_clock::now() - bound;
  return std::all_of(shards_.begin(), shards_.end(), [&](const auto& shard) { return shard->last_beat() > oldest; });
}

void Agent::refresh_tls() {
  for (const auto& problem : net::refresh_tls_profiles()) {
    metrics_.tls_refresh_failed();
    log::warn("a changed TLS file cannot be used; the old one stays in force", {{"detail", problem}});
  }
}

void Agent::started(const CheckPtr& /*check*/, Duration lateness) {
  metrics_.run_started(lateness);
}

void Agent::skipped(const CheckPtr& check, Skip reason) {
  metrics_.run_skipped(reason);
  series_.skipped(*check);
}

void Agent::retried(const CheckPtr& check, const Result& result) {
  metrics_.run_retried();
  log::debug("check failed and will be repeated",
             {{"check", check->name}, {"instance", check->instance}, {"reason", std::string(name_of(result.reason))}});
}

void Agent::finished(const CheckPtr& check, const ResultPtr& result) {
  metrics_.run_finished(*result);
  series_.record(*check, *result);
  log_result(*check, *result, recent_.record(*check, result), options_.log_runs);
  if (result->reason == Reason::kInternal) {
    log::error("a run ended in a defect of Vedette; please report it",
               {{"check", check->name}, {"kind", std::string(check->kind->name)}, {"detail", result->message}});
  }
}

}  // namespace vedette
