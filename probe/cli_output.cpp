#include "probe/cli_output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <map>
#include <optional>

#include "checks/net/services.hpp"
#include "checks/run.hpp"
#include "exporters/junit.hpp"
#include "exporters/report.hpp"
#include "exporters/result_json.hpp"
#include "probe/cli.hpp"

namespace vedette::cli {

namespace {

ReportStyle style_of(const OutputOptions& options) {
  ReportStyle style;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool wanted = !options.no_colour && (no_colour == nullptr || *no_colour == '\0');
  style.colour = wanted && ::isatty(STDOUT_FILENO) != 0;
  style.verbose = options.verbose;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

/// Runs the checks, a bounded number at once.
class Batch {
 public:
  Batch(const std::vector<CheckPtr>& checks, const OutputOptions& options)
      : checks_(checks),
        options_(options),
        services_(loop_.get_executor()),
        signals_(loop_, SIGINT, SIGTERM),
        results_(checks.size()) {}

  void go() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      stopped_ = true;
      for (const auto& [index, run] : running_) run->cancel();
    });
    start_more();
    if (running_.empty()) signals_.cancel();
    loop_.run();
  }

  [[nodiscard]] std::vector<std::optional<Result>>& results() { return results_; }

  /// Called for each result in the order of the checks, as soon as it is its turn.
  std::function<void(std::size_t)> on_next;

 private:
  void start_more() {
    while (!stopped_ && next_ < checks_.size() && running_.size() < options_.concurrency) {
      const auto index = next_++;
      running_[index] = start_run(loop_.get_executor(), services_, checks_[index], Detail::kAlways,
                                  [this, index](Result result) { ended(index, std::move(result)); });
    }
  }

  void ended(std::size_t index, Result result) {
    results_[index] = std::move(result);
    running_.erase(index);
    ++done_;
    start_more();
    while (shown_ < results_.size() && results_[shown_]) on_next(shown_++);
    progress();
    if (running_.empty()) signals_.cancel();
    if (running_.empty()) loop_.stop();
  }

  void progress() const {
    if (checks_.size() < 2 || ::isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r\033[K{}",
               done_ < checks_.size() ? fmt::format("{} of {} checks done", done_, checks_.size()) : "");
    std::fflush(stderr);
  }

  const std::vector<CheckPtr>& checks_;
  const OutputOptions& options_;
  boost::asio::io_context loop_{1};
  net::Services services_;
  boost::asio::signal_set signals_;
  std::map<std::size_t, std::shared_ptr<Run>> running_;
  std::vector<std::optional<Result>> results_;
  std::size_t next_ = 0;
  std::size_t shown_ = 0;
  std::size_t done_ = 0;
  bool stopped_ = false;
};

int exit_code_of(const std::vector<std::optional<Result>>& results) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(results.begin(), results.end(), [&](const auto& r) { return r && r->verdict == verdict; });
  };
  if (any(Verdict::kFail)) return kSomeFailed;
  const bool incomplete = std::any_of(results.begin(), results.end(), [](const auto& r) { return !r; });
  return any(Verdict::kUnknown) || incomplete ? kCouldNotLook : kAllPassed;
}

void print_summary(const std::vector<std::optional<Result>>& results) {
  std::map<Verdict, std::size_t> counts;
  for (const auto& result : results) ++counts[result ? result->verdict : Verdict::kUnknown];
  std::string text;
  for (const auto& [verdict, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name_of(verdict));
  fmt::print("{} checks: {}\n", results.size(), text);
}

}  // namespace

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_option("-o,--output", options.format, "What to print")
      ->check(CLI::IsMember({"text", "json", "junit"}))
      ->capture_default_str();
  command.add_flag("-v,--verbose", options.verbose, "Show facts and steps also of runs that passed");
  command.add_flag("--no-color", options.no_colour, "No colours, also on a terminal (as NO_COLOR does)");
}

int run_and_print(const std::vector<CheckPtr>& checks, const OutputOptions& options) {
  Batch batch(checks, options);
  const auto style = style_of(options);
  const bool text = options.format == "text";
  batch.on_next = [&](std::size_t index) {
    if (text) fmt::print("{}", to_report(*checks[index], *batch.results()[index], style));
  };
  batch.go();
  const auto& results = batch.results();
  std::vector<CheckedResult> finished;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (results[i]) finished.emplace_back(checks[i], *results[i]);
  }
  if (text && checks.size() > 1) print_summary(results);
  if (options.format == "json") {
    boost::json::array all;
    for (const auto& [check, result] : finished) all.emplace_back(to_json(*check, result));
    fmt::print("{}\n", boost::json::serialize(all));
  } else if (options.format == "junit") {
    fmt::print("{}", to_junit(finished));
  }
  return exit_code_of(results);
}

}  // namespace vedette::cli
