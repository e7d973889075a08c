// The flags of `vedette scenario run`.

#include <fmt/format.h>

#include <array>

#include "language/values/json.hpp"
#include "probe/cli/cli_scenario.hpp"
#include "probe/cli/cli_scenario_run.hpp"
#include "scenarios/model/options.hpp"

namespace vedette::cli {

namespace {

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
    const bool other = info.option == Option::kVariable || info.option == Option::kOutput ||
                       info.option == Option::kRepeat || info.option == Option::kSkip ||
                       info.type == OptionType::kVerbosity || info.name.starts_with("verbose") ||
                       info.name.starts_with("very-verbose");
    if (other) continue;
    // Hurl 8 has renamed it, and knows the old name as well.
    const std::string other_name = info.option == Option::kNoProxy ? "--no-proxy," : "";
    const auto flag = other_name + short_flag(info.name) + "--" + std::string(info.name);
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
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40U))
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
  command->add_flag("--no-assert,--ignore-asserts", options->ignore_asserts, "Do not look at the answers");
  command->add_option("--from-entry", options->from_entry, "Begin with this step, counted from 1")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--to-entry", options->to_entry, "End with this step")->check(CLI::Range(1, 1'000'000));
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
  command->callback([options, &exit_code] { exit_code = run_scenarios(*options); });
}

}  // namespace vedette::cli
