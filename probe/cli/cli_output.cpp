#include "probe/cli/cli_output.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <mutex>

#include "base/text.hpp"
#include "exporters/log/log.hpp"
#include "exporters/reports/junit.hpp"
#include "exporters/reports/report.hpp"
#include "exporters/reports/result_json.hpp"
#include "exporters/reports/result_line.hpp"
#include "exporters/reports/statistics.hpp"
#include "probe/agent/descriptor_limit.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/runner.hpp"
#include "probe/cli/terminal.hpp"

namespace vedette::cli {

namespace {

using EgressPtr = std::shared_ptr<const net::EgressPolicy>;

/// Keeps the results of single runs and prints each when it is its turn.
class InOrder {
 public:
  InOrder(const std::vector<CheckPtr>& checks, TextStyle style, bool print)
      : checks_(checks), style_(style), print_(print), results_(checks.size()) {}

  void add(std::size_t run, const ResultPtr& result) {
    const std::lock_guard lock(mutex_);
    results_[run] = result;
  }

  void print_ready() {
    const std::lock_guard lock(mutex_);
    for (; shown_ < results_.size() && results_[shown_]; ++shown_) {
      if (print_) fmt::print("{}", to_report(*checks_[shown_], *results_[shown_], style_));
    }
  }

  [[nodiscard]] const std::vector<ResultPtr>& results() const { return results_; }

 private:
  const std::vector<CheckPtr>& checks_;
  const TextStyle style_;
  const bool print_;
  std::mutex mutex_;
  std::vector<ResultPtr> results_;
  std::size_t shown_ = 0;
};

/// Gathers what many runs have in common, and their lines when they are wanted.
class Many {
 public:
  explicit Many(bool lines) : lines_wanted_(lines) {}

  void add(std::size_t run, const Check& check, const Result& result) {
    const std::lock_guard lock(mutex_);
    statistics_.add(result);
    if (lines_wanted_) append_result_line(lines_, run, check, result);
  }

  void print_lines() {
    std::string lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
    }
    std::fwrite(lines.data(), 1, lines.size(), stdout);
    std::fflush(stdout);
  }

  [[nodiscard]] const RunStatistics& statistics() const { return statistics_; }

 private:
  const bool lines_wanted_;
  std::mutex mutex_;
  RunStatistics statistics_;
  std::string lines_;
};

void show_progress(const Runner& runner) {
  if (runner.total() < 2 || ::isatty(STDERR_FILENO) == 0) return;
  const auto done = runner.ended() + runner.skipped();
  fmt::print(stderr, "\r\033[K{}",
             done < runner.total() ? fmt::format("{} of {} runs done", done, runner.total()) : "");
  std::fflush(stderr);
}

int exit_code_of(std::size_t failed, std::size_t unknown, bool complete) {
  if (failed > 0) return kSomeFailed;
  return unknown > 0 || !complete ? kCouldNotLook : kAllPassed;
}

void print_summary(const std::vector<ResultPtr>& results) {
  std::map<Verdict, std::size_t> counts;
  for (const auto& result : results) ++counts[result ? result->verdict : Verdict::kUnknown];
  std::string text;
  for (const auto& [verdict, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name_of(verdict));
  fmt::print("{}: {}\n", counted(results.size(), "check"), text);
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

int run_once(const std::vector<CheckPtr>& checks, const OutputOptions& options, EgressPtr egress) {
  const bool text = options.format == "text";
  InOrder in_order(checks, style_of(STDOUT_FILENO, options.verbose, options.no_colour), text);
  Runner runner(checks, {.concurrency = options.concurrency, .detail = Detail::kAlways, .egress = std::move(egress)});
  runner.on_ended = [&](std::size_t run, const CheckPtr&, const ResultPtr& result) { in_order.add(run, result); };
  runner.on_tick = [&] {
    in_order.print_ready();
    show_progress(runner);
  };
  const bool complete = runner.go();
  const auto& results = in_order.results();
  std::vector<CheckedResult> finished;
  std::map<Verdict, std::size_t> verdicts;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (!results[i]) continue;
    finished.emplace_back(checks[i], *results[i]);
    ++verdicts[results[i]->verdict];
  }
  if (text && checks.size() > 1) print_summary(results);
  if (options.format == "json") {
    boost::json::array all;
    for (const auto& [check, result] : finished) all.emplace_back(to_json(*check, result));
    fmt::print("{}\n", json_text(all));
  } else if (options.format == "junit") {
    fmt::print("{}", to_junit(finished));
  }
  return exit_code_of(verdicts[Verdict::kFail], verdicts[Verdict::kUnknown], complete);
}

int run_often(const std::vector<CheckPtr>& checks, std::size_t runs_of_each, const OutputOptions& options,
              EgressPtr egress) {
  Many many(options.format == "jsonl");
  Runner runner(
      checks,
      {.runs = runs_of_each, .concurrency = options.concurrency, .rate = options.rate, .egress = std::move(egress)});
  runner.on_ended = [&](std::size_t run, const CheckPtr& check, const ResultPtr& result) {
    many.add(run, *check, *result);
  };
  runner.on_tick = [&] {
    many.print_lines();
    show_progress(runner);
  };
  const auto began = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  const bool complete = runner.go();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began;
  const RunStatistics::Circumstances circumstances{elapsed.count(), cpu_seconds() - cpu, runner.skipped()};
  const auto& statistics = many.statistics();
  if (options.format == "text")
    fmt::print("{}", statistics.to_text(circumstances, style_of(STDOUT_FILENO, options.verbose, options.no_colour)));
  if (options.format == "json") fmt::print("{}\n", json_text(statistics.to_json(circumstances)));
  return exit_code_of(statistics.count(Verdict::kFail), statistics.count(Verdict::kUnknown), complete);
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_option("-o,--output", options.format, "What to print")
      ->check(CLI::IsMember({"text", "json", "jsonl", "junit"}))
      ->capture_default_str();
  command.add_flag("-v,--verbose", options.verbose, "Show facts and steps also of runs that passed");
  command.add_flag("--no-color", options.no_colour, "No colours, also on a terminal (as NO_COLOR does)");
  command.add_option("--repeat", options.repeat, "Run that often, and print how the latencies are distributed")
      ->check(CLI::Range(1, 10000000));
  auto* concurrency = command.add_option("--concurrency", options.concurrency, "How many run at once, at most")
                          ->check(CLI::Range(1, 100000))
                          ->capture_default_str();
  command
      .add_option("--rate", options.rate,
                  "Start so many runs a second, on a grid; one that is due while --concurrency runs go on is skipped")
      ->check(CLI::Range(0.001, 1000000.0))
      ->each([&options, concurrency](const std::string&) {
        // An open loop is not held up by what is slow, unless asked to be.
        if (concurrency->count() == 0) options.concurrency = 1000;
      });
}

int run_and_print(const std::vector<CheckPtr>& checks, const OutputOptions& options, bool numbered, EgressPtr egress) {
  log::configure(log::Level::kError, log::Format::kLogfmt);
  constexpr std::size_t kOwnDescriptors = 64;
  const auto descriptors = raise_descriptor_limit();
  if (options.concurrency + kOwnDescriptors > descriptors) {
    fmt::print(stderr, "vedette: --concurrency {} needs more descriptors than the limit of {} allows; see ulimit -n\n",
               options.concurrency, descriptors);
    return kUsage;
  }
  const bool often = options.repeat > 0 || options.rate > 0 || options.format == "jsonl";
  if (!often) return run_once(checks, options, std::move(egress));
  if (options.format == "junit") {
    fmt::print(stderr, "vedette: --output junit is for single runs; with --repeat take json or jsonl\n");
    return kUsage;
  }
  return run_often(checks, numbered ? 1 : std::max<std::size_t>(1, options.repeat), options, std::move(egress));
}

}  // namespace vedette::cli
