#pragma once

// Runs checks for the command line and prints what they found.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "checks/check.hpp"

namespace vedette::cli {

struct OutputOptions {
  std::string format = "text";
  bool verbose = false;
  bool no_colour = false;
  std::size_t concurrency = 16;
};

/// Adds --output, --verbose and --no-color.
void add_output_options(CLI::App& command, OutputOptions& options);

/// Runs all `checks` on a loop of their own, prints the results in their order, and returns the exit code. Ctrl-C
/// cancels what still runs.
int run_and_print(const std::vector<CheckPtr>& checks, const OutputOptions& options);

}  // namespace vedette::cli
