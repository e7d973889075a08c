#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fstream>

#include "checks/dns/run.hpp"
#include "checks/dns/settings.hpp"
#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "config/mapping.hpp"

namespace vedette::dns {

namespace {

using Takes = CommandOption::Takes;

/// The first name server that the system uses.
std::string system_server() {
  std::ifstream file("/etc/resolv.conf");
  for (std::string word; file >> word;) {
    if (word == "nameserver" && file >> word) return word;
    std::string rest;
    std::getline(file, rest);
  }
  return "127.0.0.1";
}

std::string server_in(const std::vector<std::string>& words, YAML::Node& section) {
  std::string name;
  std::string type = "A";
  std::string server;
  for (const auto& word : words) {
    if (word.starts_with('@')) {
      server = word.substr(1);
    } else if (name.empty()) {
      name = word;
    } else {
      type = word;
    }
  }
  section["query_name"] = name;
  section["query_type"] = type;
  return server.empty() ? system_server() : server;
}

CommandOptions query_options() {
  return {
      {"--tcp", "transport_protocol", "Ask over TCP", Takes::kNothing, "tcp"},
      {"--tls", "dns_over_tls", "Ask over TLS", Takes::kNothing, "true"},
      {"--no-recurse", "recursion_desired", "Do not ask for recursion", Takes::kNothing, "false"},
      {"--dnssec", "dnssec_ok", "Set the DO bit", Takes::kNothing, "true"},
      {"--class", "query_class", "The class, such as CH"},
      {"--rcode", "valid_rcodes", "Return codes to accept instead of NOERROR", Takes::kList},
      {"--match", "validate_answer_rrs.fail_if_none_matches_regexp",
       "Fail unless a record of the answer matches this regular expression", Takes::kTexts},
  };
}

bool is_transport(std::string_view name) {
  return name == "udp" || name == "tcp" || name == "tls";
}

void use_transport(const std::string& name, YAML::Node& section) {
  if (name == "tls") section["dns_over_tls"] = "true";
  if (name == "tcp") section["transport_protocol"] = "tcp";
}

/// `server: tls://host`, or `transport: tls`.
void adapt_step(config::Mapping& step, std::string& target, YAML::Node& section) {
  if (const auto at = target.find("://"); at != std::string::npos) {
    const auto scheme = target.substr(0, at);
    if (!is_transport(scheme)) {
      step.error("server", fmt::format("\"{}\" is no transport", scheme), "one of: udp, tcp, tls");
    }
    use_transport(scheme, section);
    target.erase(0, at + 3);
  }
  const auto transport = step.take("transport");
  if (!transport) return;
  const auto name = transport->is_scalar() ? transport->scalar() : std::string();
  if (!is_transport(name)) {
    step.error("transport", fmt::format("\"{}\" is no transport", name), "one of: udp, tcp, tls");
  }
  use_transport(name, section);
}

boost::asio::awaitable<void> run(RunContext& context) {
  DnsRun run(context);
  co_await run.go();
}

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const DnsSettings&>(settings).transport == Transport::kTls;
}

}  // namespace

extern const Kind kKind{
    .name = "dns",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kDnsDuration,
                 &kDnsAnswerRrs, &kDnsAuthorityRrs, &kDnsAdditionalRrs, &kDnsQuerySucceeded, &kDnsSerial},
    // Bounds that HTTP checks have too, so that quantiles can be compared, but fewer: series are money.
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .defaults = {{"ip_protocol_fallback", "true"}, {"recursion_desired", "true"}},
    .command = Command{.help = "Run one DNS check: NAME [TYPE] [@server]",
                       .operand = "NAME",
                       .operand_help = "The name to ask for, then a type (default A) and @server[:port], in any order",
                       .options = joined({query_options(), tls_options()}),
                       .max_words = 3,
                       .target_of = &server_in},
    .step = StepForm{.target = "server",
                     .keys = {{"name", "query_name"},
                              {"type", "query_type"},
                              {"class", "query_class"},
                              {"dnssec", "dnssec_ok"},
                              {"recursion", "recursion_desired"},
                              {"edns", "edns_udp_size"},
                              {"ip_version", "preferred_ip_protocol"}},
                     .adapt = &adapt_step,
                     .judged_by_lines = Reason::kDnsRcode},
};

}  // namespace vedette::dns
