#include "probe/cli/cli_scenario_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <mutex>

#include "base/ascii.hpp"
#include "config/secret.hpp"
#include "config/text_file.hpp"
#include "exporters/log/log.hpp"
#include "exporters/reports/result_json.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/cli_scenario.hpp"
#include "probe/cli/runner.hpp"
#include "probe/cli/terminal.hpp"
#include "scenarios/kind.hpp"
#include "scenarios/model/given_variables.hpp"
#include "scenarios/reports/record_json.hpp"
#include "scenarios/reports/report.hpp"

namespace vedette::cli {

namespace {

constexpr std::size_t kLargestInput = std::size_t{16} << 20U;  // bytes of a file of variables or cookies

std::optional<std::string> read_input(const std::string& path) {
  auto text = config::read_text_file(path, kLargestInput);
  if (text) return std::move(*text);
  fmt::print(stderr, "vedette: {}\n", text.error().line == 0 ? text.error().message : text.error().text(path));
  return std::nullopt;
}

/// The lines of a file but comments and blank ones.
bool read_lines(const std::string& path, std::vector<std::string>& out) {
  const auto text = read_input(path);
  if (!text) return false;
  const auto lines = scenarios::given_lines(*text);
  out.insert(out.end(), lines.begin(), lines.end());
  return true;
}

/// NAME=VALUE of the variables of the environment that begin so, as Hurl takes them.
std::vector<std::string> environment(std::string_view prefix) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (text.starts_with(prefix)) out.emplace_back(text.substr(prefix.size()));
  }
  return out;
}

bool read_inputs(const RunOptions& options, scenarios::Inputs& out) {
  auto variables = environment("HURL_VARIABLE_");
  for (const auto& path : options.variables_files) {
    if (!read_lines(path, variables)) return false;
  }
  variables.insert(variables.end(), options.variables.begin(), options.variables.end());
  for (const auto& text : variables) {
    auto given = scenarios::given_variable(text);
    if (!given) {
      fmt::print(stderr, "vedette: --variable {}: {}\n", text, given.error());
      return false;
    }
    out.variables[given->name] = std::move(given->value);
  }
  auto secrets = environment("HURL_SECRET_");
  for (const auto& path : options.secrets_files) {
    if (!read_lines(path, secrets)) return false;
  }
  secrets.insert(secrets.end(), options.secrets.begin(), options.secrets.end());
  for (const auto& text : secrets) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "vedette: --secret takes NAME=VALUE\n");
      return false;
    }
    const auto name = text.substr(0, equals);
    const bool known =
        std::any_of(out.secrets.begin(), out.secrets.end(), [&](const auto& other) { return other.name == name; });
    if (known) {
      fmt::print(stderr, "vedette: the secret {} is given twice\n", name);
      return false;
    }
    out.secrets.push_back(
        {.name = name, .from = scenarios::SecretSource::From::kValue, .where = text.substr(equals + 1), .origin = {}});
  }
  if (!options.cookies.empty()) {
    const auto text = read_input(options.cookies);
    if (!text) return false;
    // What begins with # may be a cookie: #HttpOnly_….
    for (const auto line : split(*text, '\n')) out.cookies.emplace_back(trim(line));
  }
  out.seed = options.seed;
  out.options = options.options;
  out.keeps_cookies = !options.no_cookie_store;
  out.file_root = options.file_root;
  out.continue_on_error = options.continue_on_error;
  out.ignore_asserts = options.ignore_asserts;
  out.from_entry = options.from_entry;
  out.to_entry = options.to_entry;
  out.may_write = true;
  out.keeps_details = true;
  return true;
}

/// Shows the step that runs, on a terminal, and keeps the record.
class Progress final : public scenarios::Listener {
 public:
  explicit Progress(bool shows) : shows_(shows) {}

  void step_began(const scenarios::StepRecord& step) override {
    if (!shows_) return;
    fmt::print(stderr, "\r\033[K{} …", step.id);
    std::fflush(stderr);
  }
  void run_ended(const scenarios::RunRecord& run) override {
    if (shows_) fmt::print(stderr, "\r\033[K");
    const std::lock_guard lock(mutex_);
    record_ = run;
  }
  std::optional<scenarios::RunRecord> take() {
    const std::lock_guard lock(mutex_);
    return std::move(record_);
  }

 private:
  const bool shows_;
  std::mutex mutex_;
  std::optional<scenarios::RunRecord> record_;
};

CheckPtr check_of(scenarios::Loaded loaded, scenarios::Inputs inputs) {
  auto check = std::make_shared<Check>();
  auto& scenario = *loaded.scenario;
  if (scenario.hurl) {
    scenario.limits = scenarios::generous_limits();
    scenario.deadline = std::chrono::hours(24);
  }
  auto settings = std::make_shared<scenarios::ScenarioSettings>();
  check->name = scenario.name;
  check->instance = scenario.name;
  check->kind = &scenarios::kKind;
  settings->scenario = std::move(loaded.scenario);
  settings->inputs = std::move(inputs);
  check->timeout = settings->own_timeout();
  check->interval = std::chrono::hours(1);
  check->settings = std::move(settings);
  check->key = key_of(check->name, "");
  return check;
}

/// 0, or what is wrong with the run.
int exit_code_of(const scenarios::RunRecord& record) {
  if (record.state == scenarios::State::kPass || record.state == scenarios::State::kWarn) return kAllPassed;
  const bool ours = record.reason != Reason::kNone && info_of(record.reason).verdict == Verdict::kUnknown;
  return ours ? kCouldNotLook : kSomeFailed;
}

int worse(int a, int b) {
  // What failed says more than what could not be looked at.
  const auto rank = [](int code) {
    return code == kSomeFailed ? 3 : code == kUsage ? 2 : code == kCouldNotLook ? 1 : 0;
  };
  return rank(a) >= rank(b) ? a : b;
}

void print(const scenarios::RunRecord& record, const RunOptions& options) {
  auto style = style_of(STDERR_FILENO, options.verbose, options.no_colour);
  style.colour = style.colour || options.colour;
  fmt::print(stderr, "{}", scenarios::findings_text(record, style));
  if (record.steps.empty()) fmt::print(stderr, "vedette: nothing of {} was to be run\n", record.file);
  if (options.output != "text") return;
  style = style_of(STDOUT_FILENO, options.verbose, options.no_colour);
  style.colour = style.colour || options.colour;
  fmt::print("{}", scenarios::to_text(record, style));
  std::fflush(stdout);
}

}  // namespace

int run_scenarios(const RunOptions& options) {
  scenarios::Inputs inputs;
  if (!read_inputs(options, inputs)) return kUsage;
  std::set<std::string> given{"target"};
  for (const auto& [name, value] : inputs.variables) given.insert(name);
  for (const auto& secret : inputs.secrets) given.insert(secret.name);
  int exit_code = kAllPassed;
  std::vector<CheckPtr> checks;
  std::vector<std::shared_ptr<Progress>> progress;
  std::vector<scenarios::Loaded> scenarios;
  for (const auto& path : options.files) {
    if (auto loaded = load_scenario(path, given)) {
      scenarios.push_back(std::move(*loaded));
    } else {
      exit_code = worse(exit_code, kUsage);
    }
  }
  for (std::size_t i = 0; i < scenarios.size() * options.repeat; ++i) {
    auto own = inputs;
    progress.push_back(std::make_shared<Progress>(::isatty(STDERR_FILENO) != 0 && options.jobs == 1));
    own.listener = progress.back();
    checks.push_back(check_of(scenarios[i % scenarios.size()], std::move(own)));
  }
  if (checks.empty()) return exit_code;
  std::vector<scenarios::RunRecord> records;
  log::configure(log::Level::kError, log::Format::kLogfmt);
  Runner runner(checks, {.concurrency = options.jobs, .detail = Detail::kAlways});
  std::size_t shown = 0;
  runner.on_ended = [](std::size_t, const CheckPtr&, const ResultPtr&) {};
  runner.on_tick = [&] {
    for (; shown < progress.size(); ++shown) {
      auto record = progress[shown]->take();
      if (!record) break;
      print(*record, options);
      exit_code = worse(exit_code, exit_code_of(*record));
      records.push_back(std::move(*record));
    }
  };
  const bool complete = runner.go();
  runner.on_tick();
  if (options.output == "json") {
    boost::json::array all;
    for (const auto& record : records) all.emplace_back(scenarios::to_json(record));
    fmt::print("{}\n", json_text(all));
  }
  if (options.output == "junit") fmt::print("{}", scenarios::to_junit(records));
  if (options.output == "tap") fmt::print("{}", scenarios::to_tap(records));
  if (!options.cookie_jar.empty() && !records.empty()) {
    std::ofstream file(options.cookie_jar);
    file << records.back().cookies;
    if (!file) {
      fmt::print(stderr, "vedette: cannot write {}\n", options.cookie_jar);
      exit_code = worse(exit_code, kCouldNotLook);
    }
  }
  return complete ? exit_code : worse(exit_code, kCouldNotLook);
}

}  // namespace vedette::cli
