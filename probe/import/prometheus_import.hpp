#pragma once

// From a Prometheus configuration whose jobs scrape blackbox_exporter to a list of checks that look at the same targets
// with the same modules and timeouts. A target of which that cannot be said is left out, with an error at its place.

#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/value.hpp"
#include "probe/config/module.hpp"

namespace vedette {

struct ImportedCheck {
  std::string name;  ///< the job's, with a number behind it from the second on
  std::string module;
  std::string interval;
  std::string timeout;   ///< empty: the module's
  std::string hostname;  ///< empty: the target's
  std::vector<std::string> targets;
  std::vector<std::pair<std::string, std::string>> labels;
};

/// `modules` are those of the blackbox_exporter that is scraped. Files are read relative to the configuration's folder.
std::vector<ImportedCheck> import_prometheus(const config::Value& prometheus, const Modules& modules,
                                             config::Diagnostics& diagnostics);

/// The configuration: the file of the modules and the checks.
std::string to_yaml(const std::vector<ImportedCheck>& checks, const std::string& modules_file);

}  // namespace vedette
