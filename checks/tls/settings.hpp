#pragma once

// The settings of a TLS check. The target is host:port.

#include <optional>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/expect/days_left.hpp"
#include "language/lines/expectations.hpp"
#include "net/addresses/address.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::tls {

struct TlsCheckSettings final : Settings {
  net::TlsClient tls;
  std::vector<std::string> alpn;
  std::string starttls;  ///< a protocol of net/starttls/starttls.hpp; empty: TLS from the first byte
  net::AddressSettings address;

  DaysLeft days_left;
  std::vector<std::string> names;  ///< that the leaf must hold
  std::vector<std::string> pins;   ///< SHA-256 of a SubjectPublicKeyInfo, lower-case hex
  int min_rsa_bits = 0;
  int min_ec_bits = 0;
  std::vector<language::Expectation> lines;
};

inline constexpr auto kVocabulary = language::vocabulary_of({}, language::Topic::kTls);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

}  // namespace vedette::tls
