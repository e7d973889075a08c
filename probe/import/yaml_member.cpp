#include "probe/import/yaml_member.hpp"

#include <algorithm>

namespace vedette {

namespace {

/// Merges may name each other, also in a circle: so many mappings are looked into, and the rest counts as missing.
constexpr int kMaxMappings = 1000;
constexpr int kMaxDepth = 16;

YAML::Node find(const YAML::Node& mapping, const std::string& key, int depth, int& left) {
  if (!mapping.IsMap() || depth > kMaxDepth || --left < 0) return {};
  if (const auto own = mapping[key]; own.IsDefined()) return own;
  const auto merged = mapping["<<"];
  if (!merged.IsDefined()) return {};
  if (!merged.IsSequence()) return find(merged, key, depth + 1, left);
  for (const auto& one : merged) {
    if (auto found = find(one, key, depth + 1, left); !found.IsNull()) return found;
  }
  return {};
}

void add_pairs(const YAML::Node& mapping, int depth, int& left, std::vector<std::pair<std::string, YAML::Node>>& out) {
  if (!mapping.IsMap() || depth > kMaxDepth || --left < 0) return;
  std::vector<YAML::Node> merged;
  for (const auto& pair : mapping) {
    const auto name = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
    const auto known = [&](const auto& one) { return one.first == name; };
    if (name == "<<") {
      merged.push_back(pair.second);
    } else if (pair.first.IsScalar() && std::none_of(out.begin(), out.end(), known)) {
      out.emplace_back(name, pair.second);
    }
  }
  // What stands in the mapping itself counts for more.
  for (const auto& one : merged) {
    if (one.IsSequence()) {
      for (const auto& item : one) add_pairs(item, depth + 1, left, out);
    } else {
      add_pairs(one, depth + 1, left, out);
    }
  }
}

}  // namespace

YAML::Node member(const YAML::Node& mapping, const std::string& key) {
  int left = kMaxMappings;
  return find(mapping, key, 0, left);
}

std::string text_member(const YAML::Node& mapping, const std::string& key, const std::string& otherwise) {
  const auto node = member(mapping, key);
  return node.IsScalar() ? node.Scalar() : otherwise;
}

std::vector<YAML::Node> items(const YAML::Node& list) {
  std::vector<YAML::Node> out;
  if (!list.IsSequence()) return out;
  for (const auto& item : list) out.push_back(item);
  return out;
}

std::vector<std::pair<std::string, YAML::Node>> pairs(const YAML::Node& mapping) {
  std::vector<std::pair<std::string, YAML::Node>> out;
  int left = kMaxMappings;
  add_pairs(mapping, 0, left, out);
  return out;
}

}  // namespace vedette
