#pragma once

// The agent: shards that run the checks, and everyone who is told of their results. Owns all of it.
// load() and the queries are for one thread, the web server's; results arrive on the shards'.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "probe/config_loader.hpp"
#include "probe/recorder.hpp"
#include "scheduler/shard.hpp"

namespace vedette {

struct AgentOptions {
  std::string config_file;
  bool log_runs = false;
};

class Agent {
 public:
  explicit Agent(AgentOptions options);
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Reads the configuration and puts it in force; with an error in it everything stays as it is. The first load also
  /// makes the shards; their number does not change afterwards.
  bool load(config::Diagnostics& diagnostics);

  /// Runs `check` beside the schedule; nothing when the budget for that is used up. `done` is called on a shard's
  /// thread. What is returned ends the run early.
  std::optional<std::function<void()>> run_now(const CheckPtr& check, std::function<void(Result)> done);

  /// Starts no more runs, lets those in flight end within the grace period, and returns.
  void stop();

  /// All families as a page.
  [[nodiscard]] std::string metrics_page(Format format);
  [[nodiscard]] const RecentResults& recent() const { return recorder_.recent(); }
  [[nodiscard]] const AgentSettings& settings() const { return settings_; }
  [[nodiscard]] const Modules& modules() const { return modules_; }
  /// The configuration in force as YAML, with secrets masked.
  [[nodiscard]] std::string configuration() const;
  /// Changes with the content of the configuration's files, as they are now.
  [[nodiscard]] std::uint64_t configuration_stamp() const;
  /// Whether the last load() succeeded.
  [[nodiscard]] bool settled() const { return settled_; }
  /// Somebody has asked for a module that is not there.
  void unknown_module() { recorder_.metrics().unknown_module(); }
  [[nodiscard]] std::size_t check_count() const { return check_count_; }
  [[nodiscard]] bool ready() const { return ready_; }
  /// Whether every loop turned within `bound`.
  [[nodiscard]] bool alive(Duration bound) const;
  /// Loads TLS files anew that have changed.
  void refresh_tls();
  /// Somebody has set the real-time clock.
  void clock_stepped();

 private:
  void make_shards();
  void apply(std::vector<CheckPtr> checks);
  [[nodiscard]] Shard& shard_of(const Check& check);

  const AgentOptions options_;
  AgentSettings settings_;
  Modules modules_;
  std::vector<std::shared_ptr<const config::Source>> sources_;
  std::vector<std::shared_ptr<const config::Source>> further_;
  Recorder recorder_;
  std::size_t check_count_ = 0;
  bool settled_ = false;
  std::atomic<std::size_t> on_demand_{0};
  std::atomic<bool> ready_{false};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace vedette
