#pragma once

// Configuration as it may be shown: what is secret is written as <secret>, passwords in URLs as xxxxx.

#include <yaml-cpp/yaml.h>

#include <string>

namespace vedette::config {

/// `node` as YAML text with a line break at its end. Secret are passwords, tokens, keys, and the values of headers but
/// those that say nothing. References such as ${file:PATH} are shown as they are written.
std::string masked_yaml(const YAML::Node& node);

/// `text` with the password of every URL's userinfo replaced by `mask`, or with its user where there is no password.
std::string mask_userinfo(std::string text, const std::string& mask = "***");

/// Whether a header's values are harmless to show.
bool is_harmless_header(std::string_view name);

}  // namespace vedette::config
