#pragma once

// What blackbox_exporter fills in when it shows a module: dashboards and people compare the two programs' /config.

#include <yaml-cpp/yaml.h>

namespace vedette {

/// A copy of a module's mapping with the sections and values that hold when they are not written. Anything else than a
/// mapping comes back as it is.
YAML::Node with_defaults(const YAML::Node& module);

/// The same for each module of a file.
YAML::Node with_module_defaults(const YAML::Node& file);

}  // namespace vedette
