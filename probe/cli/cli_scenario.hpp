#pragma once

// What the files of `vedette scenario` share.

#include <CLI/CLI.hpp>
#include <optional>
#include <set>
#include <string>

#include "scenarios/tools/load.hpp"

namespace vedette::cli {

/// Reads the scenario in a file and prints what is wrong with it; `given`: names that are defined from outside.
std::optional<scenarios::Loaded> load_scenario(const std::string& path, const std::set<std::string>& given);

/// `run`. Sets `exit_code` when it was chosen and has run.
void add_scenario_run(CLI::App& scenario, int& exit_code);

}  // namespace vedette::cli
