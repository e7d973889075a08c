#include "config/masked.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "config/reference.hpp"

namespace vedette::config {

namespace {

constexpr std::array<std::string_view, 9> kSecretKeys{
    "password", "credentials", "bearer_token", "client_secret", "client_certificate_key",
    "secrets",  "key",         "secret",       "token"};
/// Mappings whose values are headers of a request.
constexpr std::array<std::string_view, 5> kHeaderMaps{"headers", "http_headers", "proxy_connect_header", "metadata",
                                                      "endpoint_params"};

enum class Hide : std::uint8_t { kNothing, kValue };

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

YAML::Node masked(const YAML::Node& node, Hide hide, bool headers);

YAML::Node masked_mapping(const YAML::Node& node, Hide hide, bool headers) {
  YAML::Node out(YAML::NodeType::Map);
  for (const auto& pair : node) {
    const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string();
    const bool secret = is_one_of(kSecretKeys, key) || (headers && !is_harmless_header(key));
    const bool holds_headers = is_one_of(kHeaderMaps, key);
    // The files of a header are names, no secrets.
    const auto inner = hide == Hide::kValue && key == "files" ? Hide::kNothing : secret ? Hide::kValue : hide;
    out.force_insert(pair.first, masked(pair.second, holds_headers ? Hide::kNothing : inner, holds_headers));
  }
  return out;
}

YAML::Node masked(const YAML::Node& node, Hide hide, bool headers) {
  if (node.IsMap()) return masked_mapping(node, hide, headers);
  if (node.IsSequence()) {
    YAML::Node out(YAML::NodeType::Sequence);
    for (const auto& item : node) out.push_back(masked(item, hide, headers));
    return out;
  }
  if (!node.IsScalar()) return YAML::Clone(node);
  if (has_reference(node.Scalar())) return YAML::Clone(node);
  if (hide == Hide::kValue && !node.Scalar().empty()) return YAML::Node("<secret>");
  const auto shown = mask_userinfo(node.Scalar(), "xxxxx");
  return shown == node.Scalar() ? YAML::Clone(node) : YAML::Node(shown);
}

/// Whether what stands before the path, without an @, can be no host and port: `user:pass`.
bool looks_like_password(std::string_view authority) {
  if (authority.starts_with('[')) return false;
  const auto colon = authority.find(':');
  if (colon == std::string_view::npos) return false;
  const auto port = authority.substr(colon + 1);
  return !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_harmless_header(std::string_view name) {
  constexpr std::array<std::string_view, 12> kHarmless{
      "accept",     "accept-encoding", "accept-language", "content-type", "user-agent",       "host",
      "connection", "cache-control",   "origin",          "referer",      "content-encoding", "range"};
  return is_one_of(kHarmless, lower_case(name));
}

std::string mask_userinfo(std::string text, const std::string& mask) {
  for (auto scheme = text.find("://"); scheme != std::string::npos; scheme = text.find("://", scheme + 3)) {
    const auto begin = scheme + 3;
    // A user's name may hold blanks, by mistake; what follows a URL in a text begins in another way.
    const auto end = text.find_first_of("/?#\r\n\"'<>", begin);
    auto at = text.substr(0, end).rfind('@');
    const bool none = at == std::string::npos || at < begin;
    // A password with a slash makes a URL that is none, and is shown in the message that says so.
    if (none &&
        looks_like_password(std::string_view(text).substr(begin, end == std::string::npos ? end : end - begin))) {
      at = std::min(text.find('@', begin), text.find_first_of(" \r\n\"'<>", begin));
      if (at != std::string::npos && text[at] != '@') at = std::string::npos;
    }
    if (at == std::string::npos || at < begin) continue;
    const auto colon = text.find(':', begin);
    // A user without a password is often a token.
    const auto from = colon == std::string::npos || colon > at ? begin : colon + 1;
    text.replace(from, at - from, mask);
  }
  return text;
}

std::string masked_yaml(const YAML::Node& node) {
  YAML::Emitter out;
  out << masked(node, Hide::kNothing, false);
  return std::string(out.c_str()) + "\n";
}

}  // namespace vedette::config
