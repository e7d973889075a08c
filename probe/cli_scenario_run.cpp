// `vedette scenario run`.

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <mutex>

#include "config/ascii.hpp"
#include "config/secret.hpp"
#include "exporters/log.hpp"
#include "language/json.hpp"
#include "probe/cli.hpp"
#include "probe/cli_scenario.hpp"
#include "probe/runner.hpp"
#include "probe/terminal.hpp"
#include "scenarios/given_variables.hpp"
#include "scenarios/kind.hpp"
#include "scenarios/options.hpp"
#include "scenarios/record_json.hpp"
#include "scenarios/report.hpp"

namespace vedette::cli {

namespace {

constexpr std::size_t kLargestInput = std::size_t{16} << 20U;  // bytes of a file of variables or cookies

struct RunOptions {
  std::vector<std::string> files;
  std::vector<std::string> variables;
  std::vector<std::string> variables_files;
  std::vector<std::string> secrets;
  std::vector<std::string> secrets_files;
  std::optional<std::uint64_t> seed;
  std::string output = "text";
  std::string file_root;
  std::string cookies;
  std::string cookie_jar;
  bool no_cookie_store = false;
  bool verbose = false;
  bool no_colour = false;
  bool colour = false;
  bool test = false;
  bool continue_on_error = false;
  bool ignore_asserts = false;
  std::size_t from_entry = 1;
  std::size_t to_entry = 0;
  std::size_t jobs = 1;
  std::size_t repeat = 1;
  std::vector<scenarios::OptionSetting> options;

  void add(scenarios::Option option, language::Value value) {
    scenarios::OptionSetting setting;
    setting.option = option;
    setting.value = std::move(value);
    options.push_back(std::move(setting));
  }
};

std::optional<std::string> read_input(const std::string& path) {
  auto text = config::read_small_file(path, kLargestInput);
  if (text) return std::move(*text);
  fmt::print(stderr, "vedette: cannot read {}: {}\n", path, text.error());
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
    out.secrets.push_back({.name = text.substr(0, equals),
                           .from = scenarios::SecretSource::From::kValue,
                           .where = text.substr(equals + 1),
                           .origin = {}});
  }
  if (!options.cookies.empty()) {
    const auto text = read_input(options.cookies);
    if (!text) return false;
    // What begins with # may be a cookie: #HttpOnly_….
    for (const auto line : split(*text, '\n')) out.cookies.emplace_back(config::trim(line));
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

int run(const RunOptions& options) {
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
    fmt::print("{}\n", boost::json::serialize(all));
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

/// The short flags that curl and Hurl have.
std::string short_flag(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kShort{{{"header", "-H"},
                                                                                  {"insecure", "-k"},
                                                                                  {"location", "-L"},
                                                                                  {"user", "-u"},
                                                                                  {"proxy", "-x"},
                                                                                  {"http1.0", "-0"},
                                                                                  {"ipv4", "-4"},
                                                                                  {"ipv6", "-6"},
                                                                                  {"cert", "-E"},
                                                                                  {"netrc", "-n"},
                                                                                  {"max-time", "-m"}}};
  for (const auto& [long_name, flag] : kShort) {
    if (long_name == name) return std::string(flag) + ",";
  }
  return {};
}

/// A flag for each of the options that a Hurl file may have in `[Options]`.
void add_request_options(CLI::App& command, RunOptions& out) {
  for (const auto& info : scenarios::hurl_options()) {
    using scenarios::Option;
    using scenarios::OptionType;
    const bool other = info.option == Option::kVariable || info.option == Option::kVariablesFile ||
                       info.option == Option::kOutput || info.option == Option::kRepeat ||
                       info.option == Option::kSkip || info.type == OptionType::kVerbosity ||
                       info.name.starts_with("verbose") || info.name.starts_with("very-verbose");
    if (other) continue;
    const auto flag = short_flag(info.name) + "--" + std::string(info.name);
    const bool in_seconds = info.option == Option::kMaxTime || info.option == Option::kConnectTimeout;
    const auto add = [&out, option = info.option](language::Value value) { out.add(option, std::move(value)); };
    const std::string help(info.help);
    if (info.type == OptionType::kBoolean) {
      command.add_flag_callback(flag, [add] { add(language::Value(true)); }, help)->group("Requests");
      continue;
    }
    command
        .add_option_function<std::vector<std::string>>(
            flag,
            [add, type = info.type, flag, in_seconds](const std::vector<std::string>& values) {
              for (const auto& value : values) {
                if (type == OptionType::kDuration) {
                  const auto milliseconds = scenarios::milliseconds_of(
                      in_seconds && value.find_first_not_of("0123456789") == std::string::npos ? value + "s" : value);
                  if (!milliseconds) throw CLI::ValidationError(flag, "takes a duration such as 500ms or 2s");
                  add(language::Value(*milliseconds));
                } else if (type == OptionType::kNatural || type == OptionType::kCount) {
                  const auto number = language::parse_json(value);
                  const auto* whole = number ? number->get<std::int64_t>() : nullptr;
                  if (whole == nullptr || *whole < -1) throw CLI::ValidationError(flag, "takes a whole number");
                  add(language::Value(*whole));
                } else if (flag.ends_with("--header") && value.find(':') == std::string::npos) {
                  throw CLI::ValidationError(flag, fmt::format("takes 'Name: value', not '{}'", value));
                } else {
                  add(language::Value(value));
                }
              }
            },
            help)
        ->allow_extra_args(false)
        ->group("Requests");
  }
}

/// Flags of requests that `[Options]` of Hurl files has not.
void add_further_request_options(CLI::App& command, RunOptions& out) {
  using scenarios::Option;
  constexpr auto kGroup = "Requests";
  command
      .add_option_function<std::string>(
          "-A,--user-agent", [&out](const std::string& name) { out.add(Option::kUserAgent, language::Value(name)); },
          "What requests say they come from")
      ->group(kGroup);
  command
      .add_option_function<std::int64_t>(
          "--max-filesize", [&out](const std::int64_t& bytes) { out.add(Option::kMaxBody, language::Value(bytes)); },
          "Bytes of a body that are read, at most")
      ->check(CLI::PositiveNumber)
      ->group(kGroup);
  command
      .add_flag_callback(
          "--fresh-connect", [&out] { out.add(Option::kReuse, language::Value(false)); },
          "A new connection for each request")
      ->group(kGroup);
  command
      .add_flag_callback(
          "--http2-prior-knowledge", [&out] { out.add(Option::kHttp2PriorKnowledge, language::Value(true)); },
          "HTTP/2 without TLS, from the first byte")
      ->group(kGroup);
  command
      .add_option_function<std::vector<std::string>>(
          "--proxy-header",
          [&out](const std::vector<std::string>& headers) {
            for (const auto& header : headers) out.add(Option::kProxyHeader, language::Value(header));
          },
          "A header for the proxy")
      ->check([](const std::string& header) {
        return header.find(':') == std::string::npos ? fmt::format("takes 'Name: value', not '{}'", header) : "";
      })
      ->allow_extra_args(false)
      ->group(kGroup);
}

}  // namespace

void add_scenario_run(CLI::App& scenario, int& exit_code) {
  auto* command = scenario.add_subcommand("run", "Run scenarios, in YAML or as .hurl files, and show each step");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("FILE", options->files, "Scenarios; - is the standard input, as a Hurl file")->required();
  command
      ->add_option("--var,--variable", options->variables, "NAME=VALUE, for the scenario's variables; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--variables-file", options->variables_files, "A file of NAME=VALUE lines")
      ->allow_extra_args(false);
  command->add_option("--secret", options->secrets, "NAME=VALUE that is never shown")->allow_extra_args(false);
  command->add_option("--secrets-file", options->secrets_files, "A file of such lines")->allow_extra_args(false);
  command->add_option_function<std::uint64_t>(
      "--seed", [options](std::uint64_t seed) { options->seed = seed; },
      "The same random values as the run that had this seed");
  command->add_option("-o,--output", options->output, "What to print")
      ->check(CLI::IsMember({"text", "json", "junit", "tap"}))
      ->capture_default_str();
  command->add_option("--file-root", options->file_root,
                      "Files that requests send must be under this folder; default: the scenario's");
  command->add_option("-b,--cookie", options->cookies, "A file of cookies to begin with, as curl writes them");
  command->add_option("-c,--cookie-jar", options->cookie_jar, "Write the cookies there at the end");
  command->add_flag("--no-cookie-store", options->no_cookie_store, "Do not send back the cookies that answers set");
  command->add_flag("--continue-on-error", options->continue_on_error,
                    "Go on with the next step after one that failed");
  command->add_flag("--ignore-asserts", options->ignore_asserts, "Do not look at the answers");
  command->add_option("--from-entry", options->from_entry, "Begin with this step, counted from 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--to-entry", options->to_entry, "End with this step")->check(CLI::PositiveNumber);
  command->add_option("--repeat", options->repeat, "Run all the files so often, in their order")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--jobs", options->jobs, "How many files run at once")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_flag("--test", options->test, "Accepted for scripts that call Hurl: results are always those of tests");
  command->add_flag("-v,--verbose", options->verbose, "Show requests, phases and captures also of steps that passed");
  command->add_flag("--color", options->colour, "Colours, also when the output is no terminal");
  command->add_flag("--no-color", options->no_colour, "No colours, also on a terminal (as NO_COLOR does)");
  add_request_options(*command, *options);
  add_further_request_options(*command, *options);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace vedette::cli
