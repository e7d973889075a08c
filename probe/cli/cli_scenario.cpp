// `vedette scenario`: lint, explain, fmt, schema, from-curl and from-har; `run` has a file of its own.

#include "probe/cli/cli_scenario.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "config/secret.hpp"
#include "config/text_file.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/terminal.hpp"
#include "probe/config/config_loader.hpp"
#include "scenarios/hurl/parser.hpp"
#include "scenarios/import/import.hpp"
#include "scenarios/reports/report.hpp"
#include "scenarios/tools/explain.hpp"
#include "scenarios/tools/schema.hpp"

namespace vedette::cli {

namespace {

bool is_yaml(const std::string& path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

/// What is wrong with a file, as its language shows it.
void print_problems(const std::string& path, const config::Diagnostics& diagnostics) {
  const bool colour = style_of(STDERR_FILENO).colour;
  if (!is_yaml(path) && diagnostics.has_errors()) {
    const auto first = diagnostics.sorted().front().place;
    if (first.source && first.line > 0) {
      const auto parsed = scenarios::hurl::parse(first.source);
      if (!parsed) fmt::print(stderr, "{}", scenarios::syntax_error_text(first.source, parsed.error(), colour));
      return;
    }
  }
  fmt::print(stderr, "{}", render_all(diagnostics, colour));
}

struct FileOptions {
  std::vector<std::string> files;
  std::vector<std::string> variables;
};

/// Loads each file and does something with it; the exit code is 2 when one cannot be loaded.
template <typename Use>
void add_reader(CLI::App& scenario, int& exit_code, const std::string& name, const std::string& help, Use use) {
  auto* command = scenario.add_subcommand(name, help);
  const auto options = std::make_shared<FileOptions>();
  command->add_option("FILE", options->files, "Scenarios")->required();
  command->add_option("--var,--variable", options->variables, "Names that will be defined, or NAME=VALUE")
      ->allow_extra_args(false);
  command->callback([options, &exit_code, use] {
    std::set<std::string> given{"target"};
    for (const auto& text : options->variables) given.insert(text.substr(0, text.find('=')));
    for (const auto& path : options->files) {
      const auto loaded = load_scenario(path, given);
      if (!loaded) {
        exit_code = kUsage;
        continue;
      }
      use(path, *loaded->scenario, exit_code);
    }
  });
}

void add_import_commands(CLI::App& scenario, int& exit_code) {
  auto* curl = scenario.add_subcommand("from-curl", "Write a scenario that does what a curl command does");
  const auto words = std::make_shared<std::vector<std::string>>();
  curl->add_option("COMMAND", *words, "The command, as one text or behind --; - reads it from the standard input")
      ->required();
  curl->callback([words, &exit_code] {
    std::string text;
    if (words->size() == 1 && words->front() == "-") {
      const auto read = config::read_small_file("/dev/stdin", scenarios::kLargestFile);
      if (!read) {
        fmt::print(stderr, "vedette: {}\n", read.error());
        exit_code = kUsage;
        return;
      }
      text = *read;
    } else if (words->size() == 1) {
      text = words->front();
    }
    const auto out = text.empty() ? scenarios::from_curl(*words) : scenarios::from_curl(text);
    if (out) {
      fmt::print("{}", *out);
      return;
    }
    fmt::print(stderr, "vedette: {}\n", out.error());
    exit_code = kUsage;
  });
  auto* har = scenario.add_subcommand("from-har", "Write a scenario of what a browser has recorded (HAR)");
  const auto path = std::make_shared<std::string>();
  har->add_option("FILE", *path, "The recording")->required();
  har->callback([path, &exit_code] {
    constexpr std::size_t kMaxSize = std::size_t{256} << 20;
    const auto text = config::read_text_file(*path, kMaxSize);
    const auto out = text ? scenarios::from_har(*text) : tl::make_unexpected(text.error().text(*path));
    if (out) {
      fmt::print("{}", *out);
      return;
    }
    fmt::print(stderr, "vedette: {}\n", out.error());
    exit_code = kUsage;
  });
}

}  // namespace

std::optional<scenarios::Loaded> load_scenario(const std::string& path, const std::set<std::string>& given) {
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  auto out = scenarios::load_file(path, given, context);
  if (!out || diagnostics.warnings() > 0) print_problems(path, diagnostics);
  return out;
}

void add_scenario(CLI::App& app, int& exit_code) {
  auto* scenario = app.add_subcommand("scenario", "Run and write scenarios: checks of many steps");
  scenario->require_subcommand(1);
  add_scenario_run(*scenario, exit_code);
  add_reader(*scenario, exit_code, "lint", "Say what is wrong with scenarios, without running them",
             [](const std::string& path, const scenarios::Scenario& loaded, int&) {
               const auto steps = scenarios::count_steps(loaded);
               fmt::print("{}: {}, {} step{}, no mistakes found\n", path, loaded.name, steps, steps == 1 ? "" : "s");
             });
  add_reader(*scenario, exit_code, "explain", "Say what scenarios would do, step by step",
             [](const std::string&, const scenarios::Scenario& loaded, int&) {
               fmt::print("{}", scenarios::explain(loaded));
             });
  add_reader(*scenario, exit_code, "fmt", "Write scenarios of HTTP steps as Hurl files",
             [](const std::string&, const scenarios::Scenario& loaded, int& code) {
               const auto out = scenarios::to_hurl(loaded);
               if (out) {
                 fmt::print("{}", *out);
               } else {
                 fmt::print(stderr, "vedette: {}\n", out.error());
                 code = kUsage;
               }
             });
  auto* schema = scenario->add_subcommand("schema", "Print the JSON Schema of scenarios, for editors");
  schema->callback([] { fmt::print("{}\n", scenarios::schema_text()); });
  add_import_commands(*scenario, exit_code);
}

}  // namespace vedette::cli
