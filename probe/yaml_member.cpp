#include "probe/yaml_member.hpp"

namespace vedette {

YAML::Node member(const YAML::Node& mapping, const std::string& key) {
  if (!mapping.IsMap()) return {};
  if (const auto own = mapping[key]; own.IsDefined()) return own;
  const auto merged = mapping["<<"];
  if (!merged.IsDefined()) return {};
  if (merged.IsMap()) return member(merged, key);
  for (const auto& one : merged) {
    if (auto found = member(one, key); !found.IsNull()) return found;
  }
  return {};
}

std::string text_member(const YAML::Node& mapping, const std::string& key, const std::string& otherwise) {
  const auto node = member(mapping, key);
  return node.IsScalar() ? node.Scalar() : otherwise;
}

}  // namespace vedette
