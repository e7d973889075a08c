#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "net/io/run_memory.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/cli_output.hpp"
#include "probe/config/config_loader.hpp"

namespace vedette::cli {

namespace {

struct CheckOptions {
  std::string file;
  std::vector<std::string> names;
  OutputOptions output;
};

int check(const CheckOptions& options) {
  config::Diagnostics diagnostics;
  auto config = load_config(options.file, diagnostics);
  fmt::print(stderr, "{}", render_all(diagnostics, ::isatty(STDERR_FILENO) != 0));
  if (!config) return kUsage;
  auto& checks = config->checks;
  for (const auto& pattern : options.names) {
    const auto matches = [&](const CheckPtr& c) { return ::fnmatch(pattern.c_str(), c->name.c_str(), 0) == 0; };
    if (std::none_of(checks.begin(), checks.end(), matches)) {
      fmt::print(stderr, "vedette: no check in {} is called {}\n", options.file, pattern);
      return kUsage;
    }
  }
  std::erase_if(checks, [&](const CheckPtr& c) {
    return !options.names.empty() && std::none_of(options.names.begin(), options.names.end(), [&](const auto& pattern) {
      return ::fnmatch(pattern.c_str(), c->name.c_str(), 0) == 0;
    });
  });
  if (checks.empty()) {
    fmt::print(stderr, "vedette: {} has no enabled checks\n", options.file);
    return kUsage;
  }
  RunMemory::shared().set_limit(config->agent.memory);
  return run_and_print(checks, options.output, false, std::make_shared<const net::EgressPolicy>(config->agent.egress));
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("check", "Run configured checks now");
  const auto options = std::make_shared<CheckOptions>();
  command->add_option("--config.file", options->file, "The configuration")->required();
  command->add_option("NAME", options->names, "Names of checks, or patterns such as 'shop-*'; without any, all run");
  options->output.concurrency = 16;
  add_output_options(*command, options->output);
  command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace vedette::cli
