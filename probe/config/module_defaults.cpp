#include "probe/config/module_defaults.hpp"

#include <array>
#include <string_view>

namespace vedette {

namespace {

struct Default {
  const char* section;
  const char* key;
  const char* value;
};

constexpr std::array kDefaults{
    Default{"http", "ip_protocol_fallback", "true"},
    Default{"http", "follow_redirects", "true"},
    Default{"http", "enable_http2", "true"},
    Default{"tcp", "ip_protocol_fallback", "true"},
    Default{"icmp", "ip_protocol_fallback", "true"},
    Default{"icmp", "ttl", "64"},
    Default{"dns", "ip_protocol_fallback", "true"},
    Default{"dns", "recursion_desired", "true"},
    Default{"websocket", "ip_protocol_fallback", "true"},
};

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

}  // namespace

YAML::Node with_defaults(const YAML::Node& module) {
  if (!module.IsMap()) return module;
  auto out = YAML::Clone(module);
  for (const auto& [section, key, value] : kDefaults) {
    auto settings = out[section];
    // A section that is merged in is shown where it was written.
    if (!settings.IsDefined() && has(out, section)) continue;
    if (settings.IsDefined() && !settings.IsMap() && !settings.IsNull()) continue;
    if (settings.IsDefined() && settings.IsMap() && has(settings, key)) continue;
    settings[key] = value;
  }
  return out;
}

YAML::Node with_module_defaults(const YAML::Node& file) {
  if (!file.IsMap() || !file["modules"] || !file["modules"].IsMap()) return file;
  for (auto module : file["modules"]) module.second = with_defaults(module.second);
  return file;
}

}  // namespace vedette
