#pragma once

// The agent: shards that run the checks, and everyone who is told of their results. Owns all of it. load() is for one
// thread at a time, the reloader's; the queries are for any; results arrive on the shards'.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "probe/agent/recorder.hpp"
#include "probe/config/config_source.hpp"
#include "scheduler/shard.hpp"

namespace vedette {

/// What a configuration says beside its checks. Immutable: a reload puts another one in force.
struct InForce {
  AgentSettings settings;
  Modules modules;
  std::vector<std::shared_ptr<const config::Source>> sources;
  std::size_t checks = 0;
};
using InForcePtr = std::shared_ptr<const InForce>;

class Agent {
 public:
  /// `log_runs`: a log line for every run, not only for changes of state.
  Agent(std::unique_ptr<ConfigSource> source, bool log_runs);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Reads the configuration and puts it in force; with an error in it everything stays as it is. The first load also
  /// makes the shards; their number does not change afterwards. Waits for the shards no longer than a few seconds: one
  /// that stands still gets its checks when it goes on.
  bool load(config::Diagnostics& diagnostics);

  /// Runs `check` beside the schedule; nothing when the budget for that is used up. `done` is called on a shard's
  /// thread. What is returned ends the run early.
  std::optional<std::function<void()>> run_now(const CheckPtr& check, std::function<void(Result)> done);

  /// Starts no more runs and lets those in flight end within the grace period; `stopped` is called, from any thread,
  /// when none is left.
  void stop(std::function<void()> stopped);
  /// Lets the exporters send what they still hold, for a short time at most. Called once, at the very end.
  void flush();

  /// All families as a page.
  [[nodiscard]] std::string metrics_page(ExpositionFormat format);
  [[nodiscard]] const RecentResults& recent() const { return recorder_.recent(); }
  /// The configuration in force; nothing before the first load.
  [[nodiscard]] InForcePtr in_force() const;
  /// The configuration in force as YAML, with secrets masked.
  [[nodiscard]] std::string configuration() const;
  /// Where the configuration comes from.
  [[nodiscard]] const ConfigSource& source() const { return *source_; }
  /// Whether the last load() succeeded.
  [[nodiscard]] bool settled() const { return settled_; }
  /// The shards whose loop has not turned for `bound`.
  [[nodiscard]] std::vector<std::size_t> standing_still(Duration bound) const;
  /// /metrics was answered with that status.
  void scraped(int status) { recorder_.metrics().scraped(status); }
  /// Somebody has asked for a module that is not there.
  void unknown_module() { recorder_.metrics().unknown_module(); }
  [[nodiscard]] bool ready() const { return loaded_ && !stopping_; }
  [[nodiscard]] bool stopping() const { return stopping_; }
  /// Loads TLS files anew that have changed.
  void refresh_tls();
  /// Somebody has set the real-time clock.
  void clock_stepped();

 private:
  void make_shards(const AgentSettings& settings);
  void apply(std::vector<CheckPtr> checks, const Labels& common);
  [[nodiscard]] Shard& shard_of(const Check& check);

  const std::unique_ptr<ConfigSource> source_;
  mutable std::mutex mutex_;
  InForcePtr in_force_;
  Recorder recorder_;
  std::atomic<bool> settled_{false};
  std::atomic<std::size_t> on_demand_{0};
  std::atomic<bool> loaded_{false};
  std::atomic<bool> stopping_{false};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace vedette
