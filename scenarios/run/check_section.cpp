#include "scenarios/run/check_section.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <deque>

#include "checks/kind.hpp"
#include "config/mapping.hpp"
#include "language/lines/template.hpp"
#include "scenarios/run/substitute.hpp"

namespace vedette::scenarios::yaml {

namespace {

struct Renamed {
  std::string_view kind;
  std::string_view from;
  std::string_view to;  ///< empty: it is no key of the kind's section
};

constexpr std::array<Renamed, 22> kNames{{
    {"dns", "server", ""},
    {"dns", "transport", ""},
    {"icmp", "host", ""},
    {"icmp", "count", ""},
    {"icmp", "interval", ""},
    {"tcp", "host", ""},
    {"tcp", "port", ""},
    {"tls", "host", ""},
    {"tls", "port", ""},
    {"tls", "sni", ""},
    {"dns", "name", "query_name"},
    {"dns", "type", "query_type"},
    {"dns", "class", "query_class"},
    {"dns", "dnssec", "dnssec_ok"},
    {"dns", "recursion", "recursion_desired"},
    {"dns", "edns", "edns_udp_size"},
    {"icmp", "size", "payload_size"},
    {"tcp", "dialogue", "query_response"},
    {"tcp", "ip_version", "preferred_ip_protocol"},
    {"tls", "ip_version", "preferred_ip_protocol"},
    {"icmp", "ip_version", "preferred_ip_protocol"},
    {"dns", "ip_version", "preferred_ip_protocol"},
}};

std::string new_name(std::string_view kind, const std::string& key) {
  for (const auto& [of, from, to] : kNames) {
    if (of == kind && from == key) return std::string(to);
  }
  return key;
}

/// Hints have the names that steps have.
void call_as_written(std::string_view kind, config::Mapping& mapping) {
  for (const auto& [of, from, to] : kNames) {
    if (of == kind) mapping.call(to, from);
  }
}

std::string text_of(const YAML::Node& node) {
  return node.IsScalar() ? node.Scalar() : std::string();
}

std::string host_and_port(const std::string& host, const std::string& port) {
  const bool v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return fmt::format("{}:{}", v6 ? "[" + host + "]" : host, port);
}

/// Splits `tls://host:port` into what the kind calls transport, and the rest.
std::string server_of(const std::string& text, YAML::Node& section) {
  const auto at = text.find("://");
  if (at == std::string::npos) return text;
  const auto scheme = text.substr(0, at);
  if (scheme == "tls") section["dns_over_tls"] = "true";
  if (scheme == "tcp") section["transport_protocol"] = "tcp";
  return text.substr(at + 3);
}

}  // namespace

DecodedCheck read_check(const CheckAction& action, const config::Value& section, config::Context& context) {
  DecodedCheck out;
  const auto kind = action.kind->name;
  YAML::Node renamed(YAML::NodeType::Map);
  std::string host;
  std::string port = kind == "tls" ? "443" : "";
  std::string transport;
  const YAML::Node given = section.is_mapping() ? section.node() : YAML::Node(YAML::NodeType::Map);
  for (const auto& pair : given) {
    const auto key = text_of(pair.first);
    if (key == "host" && kind != "dns") {
      host = text_of(pair.second);
    } else if (key == "port" && (kind == "tls" || kind == "tcp")) {
      port = text_of(pair.second);
      std::uint16_t number = 0;
      const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
      const bool valid = error == std::errc() && end == port.data() + port.size() && number > 0;
      if (!valid && !language::has_placeholder(port)) {
        context.diagnostics.error(config::Value(pair.second, section.source()).place(), "a port is from 1 to 65535");
        return out;
      }
    } else if (key == "server" && kind == "dns") {
      host = server_of(text_of(pair.second), renamed);
    } else if (key == "transport" && kind == "dns") {
      transport = text_of(pair.second);
      if (transport != "udp" && transport != "tcp" && transport != "tls") {
        context.diagnostics.error(config::Value(pair.second, section.source()).place(),
                                  fmt::format("\"{}\" is no transport", transport), "one of: udp, tcp, tls");
      }
    } else if ((key == "count" || key == "interval") && kind == "icmp") {
      continue;
    } else if (key == "sni" && kind == "tls") {
      renamed["tls_config"]["server_name"] = pair.second;
    } else if (const auto name = new_name(kind, key); name != key) {
      renamed[name] = pair.second;
    } else {
      renamed.force_insert(pair.first, pair.second);
    }
  }
  if (transport == "tls") renamed["dns_over_tls"] = "true";
  if (transport == "tcp") renamed["transport_protocol"] = "tcp";
  config::Mapping mapping(config::Value(renamed, section.source()), std::string(kind), context);
  call_as_written(kind, mapping);
  out.settings = action.kind->decode(mapping);
  mapping.finish();
  const std::string needed = kind == "dns" ? "server" : "host";
  if (host.empty()) {
    context.diagnostics.error(section.place(), fmt::format("{} needs a {}", kind, needed));
    return out;
  }
  if (kind == "tcp" && port.empty()) {
    context.diagnostics.error(section.place(), "tcp needs a port");
    return out;
  }
  out.target = port.empty() ? host : host_and_port(host, port);
  if (const auto problem = action.kind->check_target(out.target, *out.settings)) {
    context.diagnostics.error(section.place(), *problem);
  }
  return out;
}

tl::expected<DecodedCheck, Problem> decode_check(const CheckAction& action, Frame& frame) {
  auto section = substitute(action.section, frame);
  if (!section) return tl::make_unexpected(std::move(section.error()));
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  auto out = read_check(action, *section, context);
  if (!diagnostics.has_errors()) {
    // What is kept for a while keeps its TLS profile, which the next run needs again.
    constexpr std::size_t kMax = 64;
    thread_local std::deque<std::shared_ptr<const Settings>> recent;
    recent.push_back(out.settings);
    if (recent.size() > kMax) recent.pop_front();
    return out;
  }
  return tl::make_unexpected(
      Problem{{.kind = language::FaultKind::kInvalidOption, .message = diagnostics.sorted().front().message},
              Origin::at(action.section.place())});
}

}  // namespace vedette::scenarios::yaml
