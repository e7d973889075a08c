#include "checks/websocket/settings.hpp"

#include "config/mapping.hpp"

namespace vedette::websocket {

std::optional<http::Url> parse_target(const std::string& target) {
  if (!target.starts_with("ws://") && !target.starts_with("wss://")) return std::nullopt;
  const auto url = http::parse_url("http" + target.substr(2));
  if (!url || url->has_userinfo) return std::nullopt;
  return *url;
}

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<WebSocketSettings>();
  if (auto client = section.take_mapping("http_config")) {
    http::decode_client(*client, out->client);
    client->finish();
  } else {
    out->client.tls = net::TlsClient(net::TlsSettings());
  }
  http::decode_added_headers(section, "headers", out->client);
  out->steps = tcp::decode_steps(section);
  out->lines = language::decode_expectations(section, kVocabulary);
  out->client.address = net::decode_address_settings(section);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  if (parse_target(target)) return std::nullopt;
  return "it is not a ws:// or wss:// URL without a user";
}

}  // namespace vedette::websocket
