#pragma once

// The settings of a WebSocket check: blackbox_exporter's `websocket:` section. The target is a ws:// or wss:// URL.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/http/settings.hpp"
#include "checks/tcp/settings.hpp"
#include "language/lines/expectations.hpp"

namespace vedette::websocket {

struct WebSocketSettings final : Settings {
  http::HttpSettings client;     ///< credentials, headers and TLS of the request that asks for the upgrade
  std::vector<tcp::Step> steps;  ///< only what they expect and send counts
  std::vector<language::Expectation> lines;
};

inline constexpr std::array<std::string_view, 2> kFacts{"status", "subprotocol"};
inline constexpr auto kVocabulary = language::vocabulary_of(kFacts, language::Topic::kTls, language::Topic::kText);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

/// The URL as an http(s) one; nothing when it is no ws(s) URL, or holds a user.
std::optional<http::Url> parse_target(const std::string& target);

}  // namespace vedette::websocket
