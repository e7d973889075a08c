#include "probe/config/module_defaults.hpp"

#include <string_view>

#include "probe/config/kinds.hpp"

namespace vedette {

namespace {

/// Whether a mapping has `key`, written or merged into it.
bool has(const YAML::Node& mapping, const std::string& key) {
  if (mapping[key]) return true;
  const auto merged = mapping["<<"];
  if (merged && merged.IsMap()) return has(merged, key);
  if (!merged || !merged.IsSequence()) return false;
  for (const auto& item : merged) {
    if (item.IsMap() && has(item, key)) return true;
  }
  return false;
}

void add_default(YAML::Node& module, const std::string& section, std::string_view key, std::string_view value) {
  auto settings = module[section];
  // A section that is merged in is shown where it was written.
  if (!settings.IsDefined() && has(module, section)) return;
  if (settings.IsDefined() && !settings.IsMap() && !settings.IsNull()) return;
  if (settings.IsDefined() && settings.IsMap() && has(settings, std::string(key))) return;
  settings[std::string(key)] = std::string(value);
}

}  // namespace

YAML::Node with_defaults(const YAML::Node& module) {
  if (!module.IsMap()) return module;
  auto out = YAML::Clone(module);
  for (const auto* kind : all_kinds()) {
    for (const auto& [key, value] : kind->defaults) add_default(out, std::string(kind->name), key, value);
  }
  return out;
}

YAML::Node with_module_defaults(const YAML::Node& file) {
  if (!file.IsMap() || !file["modules"] || !file["modules"].IsMap()) return file;
  for (auto module : file["modules"]) module.second = with_defaults(module.second);
  return file;
}

}  // namespace vedette
