#pragma once

// Loads a configuration: one file with its includes. A blackbox.yml is a valid one.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "config/diagnostic.hpp"
#include "probe/config/agent_settings.hpp"
#include "probe/config/module.hpp"

namespace vedette {

struct Config {
  AgentSettings agent;
  std::vector<CheckPtr> checks;  ///< enabled ones, in the order written
  Modules modules;
  std::vector<std::shared_ptr<const config::Source>> sources;  ///< the files, in the order read
  std::vector<std::string> patterns;                           ///< of files that were included
  std::vector<std::shared_ptr<const config::Source>> further;  ///< those that checks name: scenarios and theirs
  std::set<std::string> secret_files;                          ///< of references
};

/// Everything that is wrong goes to `diagnostics`; with an error among it there is no configuration.
/// `known_keys`, when given, receives every key that a reader asked for.
std::optional<Config> load_config(const std::string& path, config::Diagnostics& diagnostics,
                                  std::set<std::string>* known_keys = nullptr);

/// All diagnostics as text, for a terminal or a response.
std::string render_all(const config::Diagnostics& diagnostics, bool colour);

}  // namespace vedette
