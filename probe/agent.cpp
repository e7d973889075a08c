#include "probe/agent.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <latch>
#include <mutex>

#include "checks/net/tls_profile.hpp"
#include "config/masked.hpp"
#include "config/secret.hpp"
#include "exporters/log.hpp"
#include "probe/module_defaults.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMostConfiguration = std::size_t{256} << 20;

}  // namespace

Agent::Agent(AgentOptions options) : options_(std::move(options)), recorder_(options_.log_runs) {}

Agent::~Agent() {
  shards_.clear();
}

void Agent::make_shards() {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t count = settings_.shards > 0 ? settings_.shards : cores;
  auto limits = settings_.limits;
  const auto share = [&](std::size_t whole) { return std::max<std::size_t>(1, (whole + count - 1) / count); };
  limits.in_flight = share(limits.in_flight);
  limits.heavy_in_flight = share(limits.heavy_in_flight);
  for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(limits, recorder_));
}

Shard& Agent::shard_of(const Check& check) {
  return *shards_[check.key % shards_.size()];
}

bool Agent::load(config::Diagnostics& diagnostics) {
  auto config = load_config(options_.config_file, diagnostics);
  recorder_.metrics().reloaded(config.has_value(), diagnostics);
  settled_ = config.has_value();
  if (!config) return false;
  settings_ = std::move(config->agent);
  modules_ = std::move(config->modules);
  sources_ = std::move(config->sources);
  further_ = std::move(config->further);
  recorder_.metrics().describe(settings_);
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
  const auto egress = std::make_shared<const net::EgressPolicy>(settings_.egress);
  for (const auto& shard : shards_) shard->set_egress(egress);
  apply(std::move(config->checks));
  config.reset();
  // Reading a configuration takes much more memory than keeping it: what is free goes back to the system.
  ::malloc_trim(0);
  ready_ = true;
  return true;
}

void Agent::apply(std::vector<CheckPtr> checks) {
  check_count_ = checks.size();
  // First who is told, then who runs: a result always finds its place.
  recorder_.apply(checks, settings_.common_labels());
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

std::optional<std::function<void()>> Agent::run_now(const CheckPtr& check, std::function<void(Result)> done) {
  if (on_demand_.fetch_add(1) >= settings_.on_demand) {
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

std::uint64_t Agent::configuration_stamp() const {
  std::string contents;
  for (const auto* list : {&sources_, &further_}) {
    for (const auto& source : *list) {
      // A file that has gone is a change as well.
      contents += config::read_small_file(source->path, kMostConfiguration).value_or("") + '\n';
    }
  }
  return stable_hash(contents);
}

std::string Agent::configuration() const {
  std::string out;
  for (const auto& source : sources_) {
    if (sources_.size() > 1) out += fmt::format("# {}\n---\n", source->path);
    out += config::masked_yaml(with_module_defaults(YAML::Load(source->text)));
  }
  return out;
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
  std::size_t in_flight = 0;
  for (const auto& shard : shards_) in_flight += shard->in_flight();
  return recorder_.page(format, in_flight);
}

bool Agent::alive(Duration bound) const {
  const auto oldest = std::chrono::steady_clock::now() - bound;
  return std::all_of(shards_.begin(), shards_.end(), [&](const auto& shard) { return shard->last_beat() > oldest; });
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
