#include <yaml-cpp/yaml.h>

#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "checks/websocket/run.hpp"
#include "checks/websocket/settings.hpp"

namespace vedette::websocket {

namespace {

void add_headers(const std::vector<std::string>& headers, YAML::Node& section) {
  for (const auto& header : headers) {
    const auto [name, value] = split_header(header);
    section["headers"][name]["values"].push_back(yaml_text(value));
  }
}

CommandOptions options() {
  auto out = tcp::message_options();
  for (auto& option : out) {
    if (option.flags == "--expect") option.help = "Then the next message must match this regular expression";
  }
  out.push_back({.flags = "-H,--header",
                 .key = "headers",
                 .help = "A header of the request, 'Name: value'; may be repeated",
                 .takes = CommandOption::Takes::kTexts,
                 .apply = &add_headers,
                 .problem = &header_problem});
  return joined({out, tls_options("http_config.tls_config")});
}

bool handshakes(const std::string& target, const Settings& /*settings*/) {
  return target.starts_with("wss:");
}

}  // namespace

extern const Kind kKind{
    .name = "websocket",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kWebSocketDuration,
                 &kWebSocketStatusCode, &kWebSocketUpgraded, &kWebSocketFailedDueToRegex},
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .defaults = {{"ip_protocol_fallback", "true"}},
    .command = Command{.help = "Run one WebSocket check",
                       .operand = "URL",
                       .operand_help = "ws:// or wss://",
                       .options = options()},
    .step =
        StepForm{.target = "url", .keys = {{"dialogue", "query_response"}, {"ip_version", "preferred_ip_protocol"}}},
};

}  // namespace vedette::websocket
