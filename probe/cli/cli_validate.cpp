#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "base/text.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/terminal.hpp"
#include "probe/config/config_loader.hpp"

namespace vedette::cli {

namespace {

int validate(const std::vector<std::string>& files) {
  int exit_code = kAllPassed;
  for (const auto& file : files) {
    config::Diagnostics diagnostics;
    const auto config = load_config(file, diagnostics);
    fmt::print(stderr, "{}", render_all(diagnostics, style_of(STDERR_FILENO).colour));
    if (config) {
      fmt::print("{}: valid, {}, {}, {}\n", file, counted(config->checks.size(), "check"),
                 counted(config->modules.size(), "module"), counted(diagnostics.warnings(), "warning"));
    } else {
      fmt::print(stderr, "{}: {}, {}\n", file, counted(diagnostics.errors(), "error"),
                 counted(diagnostics.warnings(), "warning"));
      exit_code = kUsage;
    }
  }
  return exit_code;
}

}  // namespace

void add_validate(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("validate", "Check configuration files and show everything that is wrong");
  const auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *files, "Configuration files")->required();
  command->callback([files, &exit_code] { exit_code = validate(*files); });
}

}  // namespace vedette::cli
