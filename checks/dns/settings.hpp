#pragma once

// The settings of a DNS check: blackbox_exporter's `dns:` section and our additions. The target is the server.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/dns/message.hpp"
#include "config/pattern.hpp"
#include "language/lines/expectations.hpp"
#include "net/addresses/address.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::dns {

/// Expectations on one section, over each record's text.
struct SectionExpectations {
  std::vector<config::Pattern> fail_if_matches;       ///< some record matches some pattern
  std::vector<config::Pattern> fail_if_all_match;     ///< despite its name: some record does not match (as blackbox)
  std::vector<config::Pattern> fail_if_not_matches;   ///< some record fails some pattern, or there is none
  std::vector<config::Pattern> fail_if_none_matches;  ///< no record matches any pattern, or there is none
  std::string problem;  ///< what is wrong with the patterns, found when they are needed; empty: nothing
};

enum class Transport { kUdp, kTcp, kTls };

struct DnsSettings final : Settings {
  Question question;
  std::string wire;  ///< the query as it is sent, but for its id
  QueryOptions query;
  Transport transport = Transport::kUdp;
  bool retry_over_tcp = false;
  bool fail_if_truncated = false;
  std::string problem;  ///< why nothing can be asked, which blackbox_exporter finds after the lookup; empty: nothing
  std::vector<std::string> valid_rcodes{"NOERROR"};
  SectionExpectations answer, authority, additional;
  std::vector<language::Expectation> lines;
  net::AddressSettings address;
  net::TlsClient tls;

  [[nodiscard]] std::uint16_t default_port() const { return transport == Transport::kTls ? 853 : 53; }
};

inline constexpr std::array<std::string_view, 6> kFacts{"additional", "answers", "authority", "flags", "rcode", "size"};
inline constexpr auto kVocabulary = language::vocabulary_of(kFacts);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

}  // namespace vedette::dns
