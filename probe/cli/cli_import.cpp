#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "base/text.hpp"
#include "config/text_file.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/terminal.hpp"
#include "probe/config/config_loader.hpp"
#include "probe/import/prometheus_import.hpp"

namespace vedette::cli {

namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;

int import(const std::string& path, const std::string& blackbox) {
  config::Diagnostics diagnostics;
  const bool colour = style_of(STDERR_FILENO).colour;
  auto modules = load_config(blackbox, diagnostics);
  auto text = config::read_text_file(path, kMaxFile);
  const auto source = std::make_shared<config::Source>(config::Source{path, text.value_or("")});
  if (!text) diagnostics.error({source, text.error().line, text.error().column}, text.error().message);
  const auto value = text ? config::parse_yaml(source, diagnostics) : std::nullopt;
  if (value && !value->is_mapping()) diagnostics.error(value->place(), "this is not a configuration of Prometheus");
  if (diagnostics.has_errors() || !value || !modules) {
    fmt::print(stderr, "{}", render_all(diagnostics, colour));
    return kUsage;
  }
  const auto checks = import_prometheus(*value, modules->modules, diagnostics);
  fmt::print(stderr, "{}", render_all(diagnostics, colour));
  fmt::print("{}", to_yaml(checks, blackbox));
  std::size_t targets = 0;
  for (const auto& check : checks) targets += check.targets.size();
  fmt::print(stderr, "{} with {}; {}, {}\n", counted(checks.size(), "check"), counted(targets, "target"),
             counted(diagnostics.errors(), "error"), counted(diagnostics.warnings(), "warning"));
  return checks.empty() || diagnostics.has_errors() ? kSomeFailed : kAllPassed;
}

}  // namespace

void add_import(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("import", "Turn another program's configuration into checks");
  command->require_subcommand(1);
  auto* prometheus = command->add_subcommand("prometheus", "Jobs that scrape blackbox_exporter, to standard output");
  const auto file = std::make_shared<std::string>();
  const auto blackbox = std::make_shared<std::string>();
  prometheus->add_option("FILE", *file, "Prometheus' configuration")->required();
  prometheus->add_option("--blackbox", *blackbox, "blackbox_exporter's configuration, which the result includes")
      ->required();
  prometheus->callback([file, blackbox, &exit_code] { exit_code = import(*file, *blackbox); });
}

}  // namespace vedette::cli
