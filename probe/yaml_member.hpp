#pragma once

// Reading YAML that is somebody else's: what is missing is null, and merge keys (`<<`) count.

#include <yaml-cpp/yaml.h>

#include <string>

namespace vedette {

/// The value of `key`, null when there is none or `mapping` is none.
YAML::Node member(const YAML::Node& mapping, const std::string& key);

/// The same as a text; `otherwise` when there is no scalar.
std::string text_member(const YAML::Node& mapping, const std::string& key, const std::string& otherwise = {});

}  // namespace vedette
