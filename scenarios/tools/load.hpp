#pragma once

// Reads scenarios: files in YAML, Hurl files, and sections of a configuration.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/mapping.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

struct Loaded {
  std::shared_ptr<Scenario> scenario;
  std::vector<std::shared_ptr<const config::Source>> sources;  ///< all files that were read, the scenario's own first
};

/// A file, by its name: .hurl, or YAML. `given` are variables and secrets that are defined elsewhere. Nothing when
/// there is an error.
std::optional<Loaded> load_file(const std::string& path, const std::set<std::string>& given, config::Context& context);

/// A mapping that holds a scenario; files are looked for in `folder`.
std::optional<Loaded> decode(const config::Value& value, const std::string& folder, const std::set<std::string>& given,
                             config::Context& context);

/// The mapping `secrets`: where each comes from.
std::vector<SecretSource> read_secrets(config::Mapping& section);

}  // namespace vedette::scenarios
