// How punctual the agent is: a shard with its recorder, told of every start.
//
//   schedule --idle CHECKS --seconds S      checks that do nothing, each once a minute
//   schedule --config FILE --seconds S      the checks of a configuration
//
// Prints one line of JSON: runs started, skipped by reason, lateness in seconds (p50, p99, max), CPU as a share of a
// core, bytes of resident memory that came with each check.

#include <fmt/format.h>
#include <malloc.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "checks/kind.hpp"
#include "config/diagnostic.hpp"
#include "probe/agent/descriptor_limit.hpp"
#include "probe/agent/recorder.hpp"
#include "probe/config/config_loader.hpp"
#include "scheduler/shard.hpp"
#include "tests/bench/program.hpp"

namespace vedette::bench {

namespace {

struct NoSettings final : Settings {};

boost::asio::awaitable<void> do_nothing(RunContext& /*context*/) {
  co_return;
}

const Kind kIdle{.name = "idle",
                 .families = {&kSuccess, &kDurationSeconds},
                 .buckets = {0.1},
                 .handshakes = [](const std::string&, const Settings&) { return false; },
                 .run = &do_nothing};

std::vector<CheckPtr> idle_checks(std::size_t count) {
  const auto settings = std::make_shared<NoSettings>();
  const auto buckets = std::make_shared<const std::vector<double>>(kIdle.buckets);
  std::vector<CheckPtr> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto check = std::make_shared<Check>();
    check->name = fmt::format("idle-{}", i);
    check->target = check->instance = "nothing";
    check->key = key_of(check->name, check->target);
    check->kind = &kIdle;
    check->settings = settings;
    check->interval = std::chrono::minutes(1);
    check->timeout = std::chrono::seconds(5);
    check->buckets = buckets;
    out.push_back(std::move(check));
  }
  return out;
}

/// Writes down what the schedule does, and passes it on to the agent's recorder.
class Witness final : public Observer {
 public:
  Recorder recorder{false};

  void started(const CheckPtr& check, Duration lateness) override {
    if (watching_) latenesses_.push_back(seconds(lateness));
    recorder.started(check, lateness);
  }
  void skipped(const CheckPtr& check, Skip reason) override {
    if (watching_) ++skips_.at(static_cast<std::size_t>(reason));
    recorder.skipped(check, reason);
  }
  void retried(const CheckPtr& check, const Result& result) override { recorder.retried(check, result); }
  void finished(const CheckPtr& check, const ResultPtr& result) override { recorder.finished(check, result); }
  void lagged(Duration lag) override { recorder.lagged(lag); }

  void watch(bool on) { watching_ = on; }

  [[nodiscard]] std::string report(double wall, double cpu) {
    std::sort(latenesses_.begin(), latenesses_.end());
    const auto at = [&](double share) {
      if (latenesses_.empty()) return 0.0;
      const auto index = static_cast<std::size_t>(share * static_cast<double>(latenesses_.size()));
      return latenesses_[std::min(index, latenesses_.size() - 1)];
    };
    std::string skips;
    for (const auto reason : {Skip::kOverlap, Skip::kLate, Skip::kBudget}) {
      skips += fmt::format("{}\"{}\":{}", skips.empty() ? "" : ",", name_of(reason),
                           skips_.at(static_cast<std::size_t>(reason)));
    }
    return fmt::format(
        R"({{"started":{},"skipped":{{{}}},"lateness_p50":{:.6f},"lateness_p99":{:.6f},"lateness_max":{:.6f},)"
        R"("cpu_share":{:.5f})",
        latenesses_.size(), skips, at(0.5), at(0.99), at(1), cpu / wall);
  }

 private:
  std::atomic<bool> watching_{false};
  std::vector<double> latenesses_;
  std::array<std::size_t, 3> skips_{};
};

std::size_t resident() {
  std::ifstream file("/proc/self/statm");
  std::size_t size = 0;
  std::size_t pages = 0;
  file >> size >> pages;
  return pages * 4096;
}

int measure(int argc, char** argv) {
  CLI::App app("How punctual the agent is");
  std::size_t idle = 0;
  std::string config_file;
  double duration = 5;
  auto* idle_option = app.add_option("--idle", idle, "Checks that do nothing");
  app.add_option("--config", config_file, "Checks of this configuration")->excludes(idle_option);
  app.add_option("--seconds", duration);
  CLI11_PARSE(app, argc, argv);
  raise_descriptor_limit();
  const auto empty = resident();
  AdmissionLimits limits;
  std::vector<CheckPtr> checks;
  if (config_file.empty()) {
    checks = idle_checks(idle);
  } else {
    config::Diagnostics diagnostics;
    auto config = load_config(config_file, diagnostics);
    if (!config) throw std::runtime_error(render_all(diagnostics, false));
    limits = config->agent.limits;
    checks = std::move(config->checks);
  }
  Witness witness;
  witness.recorder.apply(checks, {});
  if (idle > 0) {
    // As after the first minute, when every check has a result.
    for (const auto& check : checks) {
      auto result = std::make_shared<Result>();
      result->verdict = Verdict::kPass;
      result->started = std::chrono::system_clock::now();
      result->measures = {{&kSuccess, 1, nullptr}, {&kDurationSeconds, 0, nullptr}};
      witness.recorder.finished(check, result);
    }
  }
  Shard shard(limits, witness);
  shard.apply(checks, [](Scheduler::Change) {});
  const auto count = checks.size();
  checks.clear();
  ::malloc_trim(0);
  // The first second holds the start itself.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto cpu = cpu_seconds();
  const auto began = std::chrono::steady_clock::now();
  witness.watch(true);
  std::this_thread::sleep_for(std::chrono::duration<double>(duration));
  witness.watch(false);
  const auto used = cpu_seconds() - cpu;
  const auto wall = seconds(std::chrono::steady_clock::now() - began);
  fmt::print("{},\"bytes_per_check\":{:.0f}}}\n", witness.report(wall, used),
             static_cast<double>(resident() - empty) / static_cast<double>(std::max<std::size_t>(1, count)));
  return 0;
}

}  // namespace

}  // namespace vedette::bench

int main(int argc, char** argv) {
  return vedette::bench::run_program("schedule", vedette::bench::measure, argc, argv);
}
