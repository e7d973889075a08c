#include "probe/agent/agent.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <condition_variable>

#include "config/masked.hpp"
#include "exporters/log/log.hpp"
#include "net/io/run_memory.hpp"
#include "net/tls/tls_profile.hpp"
#include "probe/config/module_defaults.hpp"

namespace vedette {

namespace {

/// For what a shard is to do in its next turn.
constexpr std::chrono::seconds kShardPatience{5};

}  // namespace

Agent::Agent(std::unique_ptr<ConfigSource> source, bool log_runs) : source_(std::move(source)), recorder_(log_runs) {}

Agent::~Agent() {
  shards_.clear();
}

void Agent::make_shards(const AgentSettings& settings) {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = settings.shards > 0 ? settings.shards : cores;
  auto limits = settings.limits;
  const auto share = [&](std::size_t whole) { return std::max<std::size_t>(1, (whole + count - 1) / count); };
  limits.in_flight = share(limits.in_flight);
  limits.heavy_in_flight = share(limits.heavy_in_flight);
  for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(limits, recorder_));
}

Shard& Agent::shard_of(const Check& check) {
  return *shards_[check.key % shards_.size()];
}

namespace {

/// The check as this agent has it: when the labels that stand on every series change, or the grid, so has every check.
CheckPtr of_agent(const Check& check, const AgentSettings& settings) {
  auto out = std::make_shared<Check>(check);
  std::string text;
  for (const auto& [name, value] : settings.common_labels()) text += fmt::format("{}={}\n", name, value);
  if (!settings.grid.empty()) {
    out->grid = stable_hash(fmt::format("{} {}", check.key, settings.grid));
    text += settings.grid;
  }
  if (!text.empty()) out->fingerprint ^= stable_hash(text);
  return out;
}

}  // namespace

bool Agent::load(config::Diagnostics& diagnostics) {
  auto config = source_->load(diagnostics);
  recorder_.metrics().reloaded(config.has_value(), diagnostics);
  settled_ = config.has_value();
  if (!config) return false;
  auto next = std::make_shared<InForce>();
  next->settings = std::move(config->agent);
  next->modules = std::move(config->modules);
  next->sources = std::move(config->sources);
  next->checks = config->checks.size();
  const auto& settings = next->settings;
  recorder_.metrics().describe(settings);
  RunMemory::shared().set_limit(settings.memory);
  for (auto& check : config->checks) check = of_agent(*check, settings);
  if (shards_.empty()) make_shards(settings);
  const auto egress = std::make_shared<const net::EgressPolicy>(settings.egress);
  for (const auto& shard : shards_) shard->set_egress(egress);
  {
    const std::lock_guard lock(mutex_);
    in_force_ = next;
  }
  apply(std::move(config->checks), settings.common_labels());
  config.reset();
  // Reading a configuration takes much more memory than keeping it: what is free goes back to the system.
  ::malloc_trim(0);
  loaded_ = true;
  return true;
}

void Agent::apply(std::vector<CheckPtr> checks, const Labels& common) {
  const auto count = checks.size();
  // First who is told, then who runs: a result always finds its place.
  recorder_.apply(checks, common);
  std::unordered_map<Shard*, std::vector<CheckPtr>> parts;
  for (auto& check : checks) parts[&shard_of(*check)].push_back(std::move(check));
  // Shared with the shards, one of which may come to it when nobody waits any more.
  struct Applied {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t shards = 0;
    Scheduler::Change total;
  };
  const auto applied = std::make_shared<Applied>();
  for (const auto& shard : shards_) {
    shard->apply(std::move(parts[shard.get()]), [applied](const Scheduler::Change& change) {
      const std::lock_guard lock(applied->mutex);
      applied->total.added += change.added;
      applied->total.changed += change.changed;
      applied->total.removed += change.removed;
      applied->total.kept += change.kept;
      ++applied->shards;
      applied->changed.notify_all();
    });
  }
  std::unique_lock lock(applied->mutex);
  const bool all = applied->changed.wait_for(lock, kShardPatience, [&] { return applied->shards == shards_.size(); });
  const auto& total = applied->total;
  log::info("configuration in force", {{"file", source_->name()},
                                       {"checks", fmt::format("{}", count)},
                                       {"added", fmt::format("{}", total.added)},
                                       {"changed", fmt::format("{}", total.changed)},
                                       {"removed", fmt::format("{}", total.removed)},
                                       {"kept", fmt::format("{}", total.kept)}});
  if (!all) {
    log::error("a shard stands still; it gets its checks when it goes on",
               {{"shards", fmt::format("{}", shards_.size() - applied->shards)}});
  }
}

InForcePtr Agent::in_force() const {
  const std::lock_guard lock(mutex_);
  return in_force_;
}

std::optional<std::function<void()>> Agent::run_now(const CheckPtr& check, std::function<void(Result)> done) {
  if (on_demand_.fetch_add(1) >= in_force()->settings.on_demand) {
    --on_demand_;
    recorder_.metrics().on_demand(false);
    return std::nullopt;
  }
  recorder_.metrics().on_demand(true);
  auto& shard = shard_of(*check);
  const auto id = shard.run_now(check, Detail::kAlways, [this, check, done = std::move(done)](Result result) {
    --on_demand_;
    audit(*check, result);
    done(std::move(result));
  });
  return [&shard, id] { shard.cancel_run(id); };
}

std::string Agent::configuration() const {
  std::string out;
  const auto now = in_force();
  for (const auto& source : now->sources) {
    if (now->sources.size() > 1) out += fmt::format("# {}\n---\n", source->path);
    out += config::masked_yaml(with_module_defaults(YAML::Load(source->text)));
  }
  return out;
}

void Agent::stop(std::function<void()> stopped) {
  stopping_ = true;
  const auto left = std::make_shared<std::atomic<std::size_t>>(shards_.size());
  const auto grace = in_force()->settings.shutdown_grace;
  for (const auto& shard : shards_) {
    shard->drain(grace, [left, stopped] {
      if (--*left == 0) stopped();
    });
  }
}

void Agent::flush() {
  constexpr std::chrono::seconds kFlushTime{2};
  recorder_.stop(std::chrono::steady_clock::now() + kFlushTime);
}

std::string Agent::metrics_page(ExpositionFormat format) {
  std::vector<ShardState> shards;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& shard : shards_) shards.push_back({shard->in_flight(), now - shard->last_beat()});
  return recorder_.page(format, shards);
}

std::vector<std::size_t> Agent::standing_still(Duration bound) const {
  std::vector<std::size_t> out;
  const auto oldest = std::chrono::steady_clock::now() - bound;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i]->last_beat() < oldest) out.push_back(i);
  }
  return out;
}

void Agent::clock_stepped() {
  recorder_.metrics().clock_stepped();
  log::warn("the real-time clock was set; latencies of runs in flight are the user clock's");
}

void Agent::refresh_tls() {
  for (const auto& problem : net::refresh_tls_profiles()) {
    recorder_.metrics().tls_refresh_failed();
    log::warn("a changed TLS file cannot be used; the old one stays in force", {{"detail", problem}});
  }
}

}  // namespace vedette
