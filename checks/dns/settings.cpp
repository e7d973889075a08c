#include "checks/dns/settings.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "checks/dns/names.hpp"
#include "config/mapping.hpp"
#include "net/addresses/target.hpp"

namespace vedette::dns {

namespace {

void read_question(config::Mapping& section, DnsSettings& out) {
  std::string name;
  std::string type = "ANY";
  std::string klass = "IN";
  // Without any section blackbox_exporter asks for the root.
  const bool lenient = section.context().lenient;
  section.read("query_name", name);
  if (name.empty() && (section.written() || !lenient)) {
    section.error("query_name", "query_name is missing", "the name to ask for; . is the root");
  }
  const auto numbered = lenient ? Numbered::kRefused : Numbered::kAllowed;
  section.read("query_type", type);
  section.read("query_class", klass);
  const auto type_value = type_number(type.empty() ? "ANY" : type, numbered);
  if (!type_value) {
    section.error("query_type", fmt::format("'{}' is not a record type", type),
                  lenient ? "types are written in capitals: A, AAAA, MX, TXT, …"
                          : "types are written in capitals: A, AAAA, MX, TXT, …, or TYPE65");
  }
  const auto class_value = class_number(klass.empty() ? "IN" : klass, numbered);
  if (!class_value) section.error("query_class", fmt::format("'{}' is not a class", klass), "write IN, CH, HS or ANY");
  if (const auto ascii = net::ascii_host(name); !ascii) {
    section.error("query_name", fmt::format("'{}' is not an international name", name));
  } else if (!same_ignoring_case(*ascii, name)) {
    name = *ascii;
  }
  if (!name.ends_with('.')) name += '.';
  out.question = {name, type_value.value_or(0), class_value.value_or(1)};
}

void read_transport(config::Mapping& section, DnsSettings& out) {
  std::string transport = "udp";
  bool over_tls = false;
  const bool given = section.read("transport_protocol", transport);
  section.read("dns_over_tls", over_tls);
  if (transport != "udp" && transport != "tcp") {
    section.unusable("transport_protocol", fmt::format("'{}' is not a transport", transport), "write udp or tcp");
  }
  if (over_tls && (given || section.context().lenient) && transport == "udp") {
    out.problem = "dns_over_tls needs transport_protocol: tcp";
    section.late("dns_over_tls", out.problem);
  }
  out.transport = over_tls ? Transport::kTls : transport == "tcp" ? Transport::kTcp : Transport::kUdp;
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  if (over_tls) out.tls = net::TlsClient(tls);
}

void read_section(config::Mapping& section, std::string_view key, SectionExpectations& out) {
  auto mapping = section.take_mapping(key);
  if (!mapping) return;
  mapping->read_late("fail_if_matches_regexp", out.fail_if_matches, out.problem);
  mapping->read_late("fail_if_all_match_regexp", out.fail_if_all_match, out.problem);
  mapping->read_late("fail_if_not_matches_regexp", out.fail_if_not_matches, out.problem);
  mapping->read_late("fail_if_none_matches_regexp", out.fail_if_none_matches, out.problem);
  mapping->finish();
}

void read_query_options(config::Mapping& section, DnsSettings& out) {
  section.read("recursion_desired", out.query.recursion_desired);
  std::int64_t size = 0;
  constexpr std::int64_t kMinSize = 512;
  constexpr std::int64_t kMaxSize = 65535;
  if (section.read_integer("edns_udp_size", size, kMinSize, kMaxSize)) {
    out.query.edns_size = static_cast<std::uint16_t>(size);
  }
  section.read("dnssec_ok", out.query.dnssec_ok);
  section.read("retry_over_tcp", out.retry_over_tcp);
  section.read("fail_if_truncated", out.fail_if_truncated);
}

}  // namespace

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<DnsSettings>();
  read_question(section, *out);
  read_query_options(section, *out);
  if (auto wire = build_query(out->question, out->query, 0)) {
    out->wire = std::move(*wire);
  } else if (section.has("query_name") || !section.written()) {
    section.unusable("query_name", wire.error());
  }
  read_transport(section, *out);
  section.read("valid_rcodes", out->valid_rcodes);
  for (const auto& rcode : out->valid_rcodes) {
    if (!is_rcode(rcode)) section.late("valid_rcodes", fmt::format("no reply has the return code '{}'", rcode));
  }
  read_section(section, "validate_answer_rrs", out->answer);
  read_section(section, "validate_authority_rrs", out->authority);
  read_section(section, "validate_additional_rrs", out->additional);
  out->lines = language::decode_expectations(section, kVocabulary);
  out->address = net::decode_address_settings(section);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& settings) {
  const auto port = static_cast<const DnsSettings&>(settings).default_port();
  if (net::split_host_port(target, port)) return std::nullopt;
  return "it is not a DNS server's host[:port]";
}

}  // namespace vedette::dns
