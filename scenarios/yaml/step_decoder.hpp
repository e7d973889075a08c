#pragma once

// Steps of a scenario file.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/mapping.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/yaml/http_section.hpp"

namespace vedette::scenarios::yaml {

/// What the steps of one file share while they are read.
struct StepContext {
  config::Context& context;
  std::string folder;
  HttpDefaults http{};
  Retry retry{};
  config::Duration timeout{};
  std::vector<std::shared_ptr<const config::Source>>& sources;  ///< all files that were read
  std::vector<std::string> callers{};                           ///< the files that lead here, against cycles
  std::map<std::string, config::Place> ids{};
  std::int64_t steps = 0;
};

/// The list `key`; `depth` counts groups, loops and calls around it.
Steps read_steps(config::Mapping& section, std::string_view key, StepContext& shared, int depth);

/// A fragment that `call` names: `params`, `vars`, `steps` and `exports` of a file of its own.
using TextFile = std::shared_ptr<const config::Source>;
std::optional<TextFile> read_source(const std::string& path, const config::Place& place, StepContext& shared);

/// Pairs of variables and what they are.
std::vector<std::pair<std::string, JsonTree>> read_variables(config::Mapping& section, std::string_view key);

}  // namespace vedette::scenarios::yaml
