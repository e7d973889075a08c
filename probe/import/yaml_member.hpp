#pragma once

// Reading YAML that is somebody else's: what is missing is null, and merge keys (`<<`) count.

#include <yaml-cpp/yaml.h>

#include <string>
#include <utility>
#include <vector>

namespace vedette {

/// The value of `key`, null when there is none or `mapping` is none.
YAML::Node member(const YAML::Node& mapping, const std::string& key);

/// The same as a text; `otherwise` when there is no scalar.
std::string text_member(const YAML::Node& mapping, const std::string& key, const std::string& otherwise = {});

/// The items of a list; none when it is no list.
std::vector<YAML::Node> items(const YAML::Node& list);

/// Names and values of a mapping, with those that it merges; none when it is no mapping.
std::vector<std::pair<std::string, YAML::Node>> pairs(const YAML::Node& mapping);

}  // namespace vedette
