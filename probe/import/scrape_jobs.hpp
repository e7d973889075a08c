#pragma once

// The jobs of a Prometheus configuration and the targets that they name: in the file itself, in its
// scrape_config_files, and in the files of file_sd_configs as they are now.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/value.hpp"
#include "probe/import/relabel.hpp"

namespace vedette {

struct ScrapeTarget {
  LabelMap labels;  ///< as discovered: the group's, and `__address__`
  config::Place place;
};

/// Why targets of a job could not be found.
struct TargetProblem {
  config::Place place;
  std::string message;
  std::string hint;
};

struct ScrapeJob {
  std::string name;
  config::Value value;
  std::vector<ScrapeTarget> targets;
  std::vector<std::pair<config::Place, std::string>> files;  ///< that targets were read from, by who names them
  std::vector<TargetProblem> problems;
};

/// What cannot be read of the configuration itself goes to the diagnostics.
std::vector<ScrapeJob> read_scrape_jobs(const config::Value& prometheus, config::Diagnostics& diagnostics);

}  // namespace vedette
