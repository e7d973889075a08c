#pragma once

// What a kind of check is: a line in kinds.def and a folder beside this file, which says all that the program knows of
// it: configuration, metrics, command line, scenario steps and the run.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "checks/command.hpp"
#include "checks/redactor.hpp"
#include "checks/result.hpp"
#include "checks/step_form.hpp"
#include "language/lines/vocabulary.hpp"
#include "net/io/activity.hpp"

namespace vedette {

namespace config {
class Mapping;
class Secret;
}  // namespace config
namespace language {
struct Subject;
}

/// How much a run keeps for a person. Scheduled runs keep details of failures only.
enum class Detail { kFailures, kAlways };

/// Made before the activity, which writes the timings into it.
struct RunResult {
  Result result{};
};

/// What a kind's coroutine works with; it lives as long as the run.
struct RunContext : RunResult, net::Activity {
  RunContext(CheckPtr what, net::Services& with, Detail wanted)
      : Activity(with, result), check(std::move(what)), detail(wanted) {}

  CheckPtr check;
  Detail detail;
  /// Where a step of a scenario wants to have what was answered; nullptr otherwise.
  language::Subject* answer = nullptr;
  /// The secrets that the run sends: whatever leaves the run is masked with it.
  Redactor redactor{};

  void fail(Reason reason, std::string message);
  void fail(Failure failure) { fail(failure.reason, std::move(failure.message)); }
  /// Whether the check's settings can be used; fails with what is wrong otherwise. Asked by every kind first.
  [[nodiscard]] bool usable();
  /// The run passes but a person should look. A failure found later still counts.
  void warn(Reason reason, std::string message);
  [[nodiscard]] bool failed() const { return result.reason != Reason::kNone && result.verdict != Verdict::kWarn; }
  /// The value of a setting. All of it is masked in what leaves the run, or, with `parts_only`, what references in it
  /// gave: `password=${PASSWORD}`.
  tl::expected<std::string, Failure> reveal(const config::Secret& setting, bool parts_only = false);
  void measure(const Family& family, double value, MeasureLabels labels = nullptr);
  /// The value of a header. It is masked as credentials and cookies want it, but for what is harmless to show.
  tl::expected<std::string, Failure> reveal_header(std::string_view name, const config::Secret& setting);
  /// Whether somebody will look at the evidence.
  [[nodiscard]] bool wants_evidence() const { return detail == Detail::kAlways || result.reason != Reason::kNone; }
};

struct Kind {
  std::string_view name;
  /// What the kind may measure, in the order of the page.
  std::vector<const Family*> families{};
  /// The default bounds of the latency histogram, in seconds.
  std::vector<double> buckets{};
  /// Reads the section `http:` (…) of a module or check. Everything unknown or wrong goes to the diagnostics.
  std::shared_ptr<const Settings> (*decode)(config::Mapping& section) = nullptr;
  /// What is wrong with a target, or nothing.
  std::optional<std::string> (*check_target)(const std::string& target, const Settings& settings) = nullptr;
  /// Whether a run costs a TLS handshake: such runs are admitted more slowly.
  bool (*handshakes)(const std::string& target, const Settings& settings) = nullptr;
  /// The run itself. Ends by returning; failures are in the context's result.
  boost::asio::awaitable<void> (*run)(RunContext& context) = nullptr;
  /// What lines of `expect:` may ask for.
  language::Vocabulary vocabulary = language::vocabulary_of({});
  /// What blackbox_exporter shows in a module's section although nobody wrote it.
  std::vector<std::pair<std::string_view, std::string_view>> defaults{};
  /// `vedette KIND`; nothing when the kind has no command of this form.
  std::optional<Command> command{};
  /// A step of a scenario; nothing when the kind has no step of this form.
  std::optional<StepForm> step{};
  /// Its settings say all: a check may have no target, and its name stands for it.
  bool targetless = false;
  /// A run is many requests and holds on to their answers: such runs have a bound of their own.
  bool heavy = false;
};

}  // namespace vedette
