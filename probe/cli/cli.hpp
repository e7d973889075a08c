#pragma once

// The command line: a file per subcommand, each of which adds itself to the parser.

#include <CLI/CLI.hpp>

namespace vedette::cli {

/// Exit codes, the same for every subcommand that runs checks.
enum ExitCode {
  kAllPassed = 0,
  kSomeFailed = 1,
  kUsage = 2,
  kCouldNotLook = 3,
};

/// Of `agent`, for whatever keeps it from starting: blackbox_exporter's.
constexpr int kNotStarted = 1;

/// Each sets `exit_code` when its subcommand was chosen and has run.
void add_agent(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_import(CLI::App& app, int& exit_code);
void add_validate(CLI::App& app, int& exit_code);
void add_scenario(CLI::App& app, int& exit_code);
/// A subcommand for each kind that has one: one check without a file.
void add_single(CLI::App& app, int& exit_code);

}  // namespace vedette::cli
