// `vedette KIND`: one check without a file. The options, which the kind lists, become the same YAML that a file would
// hold, so that both go through one reader with one set of messages.

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <memory>

#include "base/ascii.hpp"
#include "checks/kind.hpp"
#include "config/masked.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/cli_output.hpp"
#include "probe/config/check_decoder.hpp"
#include "probe/config/config_loader.hpp"
#include "probe/config/kinds.hpp"

namespace vedette::cli {

namespace {

/// What a command collects.
struct Single {
  const Kind* kind = nullptr;
  std::vector<std::string> words;
  YAML::Node settings{YAML::NodeType::Map};
  std::string timeout = "10s";
  std::vector<std::string> assignments;
  std::vector<std::string> lines;  ///< of expectation
  bool ipv4 = false;
  bool ipv6 = false;
  OutputOptions output;
};

/// `a.b=yaml`: sets settings[a][b].
bool assign(YAML::Node settings, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  try {
    node_at(settings, assignment.substr(0, equals)) = YAML::Load(assignment.substr(equals + 1));
  } catch (const YAML::Exception&) {
    return false;
  }
  return true;
}

/// More than any command takes: takes_words() says what is wrong with them better.
constexpr int kManyWords = 100;

/// Stands for the number of the run, from 0, in targets and settings.
constexpr std::string_view kRunNumber = "{run}";

std::string with_run_number(std::string text, std::size_t run) {
  const auto number = fmt::format("{}", run);
  for (auto at = text.find(kRunNumber); at != std::string::npos; at = text.find(kRunNumber, at)) {
    text.replace(at, kRunNumber.size(), number);
  }
  return text;
}

/// The line of a setting that is wrong, as it was put together from the flags.
std::string line_of(const config::Place& place) {
  const auto shown = config::shown_line(place);
  auto line = trim(shown);
  if (line.starts_with("- ")) line.remove_prefix(2);
  return std::string(line);
}

/// The one check in `text`; prints what is wrong with it otherwise.
CheckPtr decode(std::string text) {
  const auto source = std::make_shared<config::Source>(config::Source{"command line", std::move(text)});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics, {}};
  const auto parsed = config::parse_yaml(source, diagnostics);
  CheckDecoder decoder(context);
  if (parsed) decoder.read_check(config::Value(parsed->node()["checks"][0], source));
  if (!diagnostics.has_errors() && !decoder.checks().empty()) return decoder.checks().front();
  for (const auto& diagnostic : diagnostics.sorted()) {
    fmt::print(stderr, "vedette: {}\n", diagnostic.message);
    if (const auto line = line_of(diagnostic.place); !line.empty()) fmt::print(stderr, "  in: {}\n", line);
    if (!diagnostic.hint.empty()) fmt::print(stderr, "  hint: {}\n", diagnostic.hint);
  }
  return nullptr;
}

/// False when the words after the subcommand are none that it takes.
bool takes_words(const Single& single) {
  const auto& command = *single.kind->command;
  if (single.words.size() > command.max_words) {
    fmt::print(stderr, "vedette: {} takes {}, not '{}' as well\n", single.kind->name, command.operand,
               single.words[command.max_words]);
    return false;
  }
  const bool empty =
      std::any_of(single.words.begin(), single.words.end(), [](const auto& word) { return word.empty(); });
  if (empty) fmt::print(stderr, "vedette: {} is empty\n", command.operand);
  return !empty;
}

int run_single(Single& single) {
  if (!takes_words(single)) return kUsage;
  const auto& command = *single.kind->command;
  const auto target =
      command.target_of == nullptr ? single.words.front() : command.target_of(single.words, single.settings);
  if (single.ipv4 || single.ipv6) {
    single.settings["preferred_ip_protocol"] = single.ipv4 ? "ip4" : "ip6";
    single.settings["ip_protocol_fallback"] = "false";
  }
  for (const auto& assignment : single.assignments) {
    if (!assign(single.settings, assignment)) {
      fmt::print(stderr, "vedette: --set takes KEY=VALUE with a value in YAML, not '{}'\n", assignment);
      return kUsage;
    }
  }
  for (const auto& line : single.lines) {
    single.settings["expect"].push_back(yaml_text(line));
  }
  YAML::Node check;
  check["name"] = config::mask_userinfo(target);
  check["kind"] = std::string(single.kind->name);
  check["target"] = target;
  check["interval"] = "1h";
  check["timeout"] = single.timeout;
  if (single.settings.size() > 0) check[std::string(single.kind->name)] = single.settings;
  YAML::Node document;
  document["checks"].push_back(check);
  const auto text = YAML::Dump(document);
  const bool numbered = text.find(kRunNumber) != std::string::npos;
  std::vector<CheckPtr> checks;
  for (std::size_t run = 0; run < (numbered ? std::max<std::size_t>(1, single.output.repeat) : 1); ++run) {
    auto one = decode(with_run_number(text, run));
    if (!one) return kUsage;
    checks.push_back(std::move(one));
  }
  return run_and_print(checks, single.output, numbered);
}

using Takes = CommandOption::Takes;

/// Puts what was given for an option into the settings.
void set(const CommandOption& option, const std::vector<std::string>& given, YAML::Node& settings) {
  if (option.apply != nullptr) return option.apply(given, settings);
  auto at = node_at(settings, option.key);
  for (const auto& text : given) {
    switch (option.takes) {
      case Takes::kText:
        at = yaml_text(text);
        break;
      case Takes::kNumber:
        at = text;
        break;
      case Takes::kNothing:
        at = std::string(option.value);
        break;
      case Takes::kTexts:
        at.push_back(yaml_text(text));
        break;
      case Takes::kList:
        at.push_back(text);
        break;
    }
  }
}

void add_option(CLI::App& command, const std::shared_ptr<Single>& single, const CommandOption& option) {
  const std::string flags(option.flags);
  const std::string help(option.help);
  if (option.takes == Takes::kNothing) {
    command.add_flag_callback(flags, [single, &option] { set(option, {""}, single->settings); }, help);
    return;
  }
  using Texts = std::vector<std::string>;
  auto* added = command.add_option_function<Texts>(
      flags, [single, &option](const Texts& given) { set(option, given, single->settings); }, help);
  added->allow_extra_args(false);
  if (option.takes == Takes::kList) added->delimiter(',');
  if (option.takes == Takes::kText) added->expected(1);
  if (option.takes == Takes::kNumber) added->check(CLI::Number)->expected(1);
  if (option.problem != nullptr) added->check(option.problem);
}

const CommandOptions& network_options() {
  static const CommandOptions kOptions{{"--source", "source_ip_address", "Send from this address"},
                                       {"--resolver", "resolver", "Resolve names with this DNS server"}};
  return kOptions;
}

void add_command(CLI::App& app, int& exit_code, const Kind& kind) {
  const auto& asked = *kind.command;
  auto single = std::make_shared<Single>();
  single->kind = &kind;
  single->output.verbose = asked.verbose;
  auto* command = app.add_subcommand(std::string(kind.name), std::string(asked.help));
  command->add_option(std::string(asked.operand), single->words, std::string(asked.operand_help))
      ->required()
      ->expected(1, kManyWords);
  command->add_option("--timeout", single->timeout, "The deadline of the run, such as 500ms or 5s")
      ->capture_default_str();
  command
      ->add_option("--set", single->assignments,
                   "Any other setting of the kind, KEY=VALUE with a value in YAML; docs/configuration.md has them all")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--assert", single->lines,
          "A line of expectation that must hold, such as 'duration < 800'; docs/expectations.md has the language")
      ->allow_extra_args(false);
  for (const auto& option : asked.options) add_option(*command, single, option);
  if (asked.connects) {
    auto* four = command->add_flag("-4", single->ipv4, "IPv4 only");
    command->add_flag("-6", single->ipv6, "IPv6 only")->excludes(four);
    for (const auto& option : network_options()) add_option(*command, single, option);
  }
  add_output_options(*command, single->output);
  command->callback([single, &exit_code] { exit_code = run_single(*single); });
}

}  // namespace

void add_single(CLI::App& app, int& exit_code) {
  for (const auto* kind : all_kinds()) {
    if (kind->command) add_command(app, exit_code, *kind);
  }
}

}  // namespace vedette::cli
