#pragma once

// The jobs of a Prometheus configuration and the targets that they name: in the file itself, in its
// scrape_config_files, and in the files of file_sd_configs as they are now.

#include <memory>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/value.hpp"
#include "probe/relabel.hpp"

namespace vedette {

struct ScrapeTarget {
  LabelMap labels;  ///< as discovered: the group's, and `__address__`
  config::Place place;
};

struct ScrapeJob {
  std::string name;
  config::Value value;
  std::vector<ScrapeTarget> targets;
  bool whole = true;  ///< there are no other targets that could not be found
};

/// What cannot be read goes to the diagnostics: an error where targets are lost by it.
std::vector<ScrapeJob> read_scrape_jobs(const config::Value& prometheus, config::Diagnostics& diagnostics);

}  // namespace vedette
