#pragma once

// Runs checks for the command line and prints what they found.

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "net/io/egress.hpp"

namespace vedette::cli {

struct OutputOptions {
  std::string format = "text";
  bool verbose = false;
  bool no_colour = false;
  std::size_t concurrency = 1;
  std::size_t repeat = 0;  ///< runs of each check; zero: one, shown in full
  double rate = 0;         ///< starts a second; zero: as fast as the concurrency allows
};

/// Adds --output, --verbose, --no-color, --repeat, --concurrency and --rate.
void add_output_options(CLI::App& command, OutputOptions& options);

/// Runs all `checks` on a shard of their own, prints the results in their order, or what many of them have in common,
/// and returns the exit code. Ctrl-C cancels what still runs. `numbered`: there is a check for each repetition already.
/// `egress`: where they may connect to; nothing: everywhere.
int run_and_print(const std::vector<CheckPtr>& checks, const OutputOptions& options, bool numbered = false,
                  std::shared_ptr<const net::EgressPolicy> egress = nullptr);

}  // namespace vedette::cli
