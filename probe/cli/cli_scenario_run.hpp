#pragma once

// `vedette scenario run`: what its flags say, and running it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/scenario.hpp"

namespace vedette::cli {

struct RunOptions {
  std::vector<std::string> files;
  std::vector<std::string> variables;
  std::vector<std::string> variables_files;
  std::vector<std::string> secrets;
  std::vector<std::string> secrets_files;
  std::optional<std::uint64_t> seed;
  std::string output = "text";
  std::string file_root;
  std::string cookies;
  std::string cookie_jar;
  bool no_cookie_store = false;
  bool verbose = false;
  bool no_colour = false;
  bool colour = false;
  bool test = false;
  bool continue_on_error = false;
  bool ignore_asserts = false;
  std::size_t from_entry = 1;
  std::size_t to_entry = 0;
  std::size_t jobs = 1;
  std::size_t repeat = 1;
  std::vector<scenarios::OptionSetting> options;

  void add(scenarios::Option option, language::Value value) {
    scenarios::OptionSetting setting;
    setting.option = option;
    setting.value = std::move(value);
    options.push_back(std::move(setting));
  }
};

/// Runs the files and prints what became of them; the exit code.
int run_scenarios(const RunOptions& options);

}  // namespace vedette::cli
