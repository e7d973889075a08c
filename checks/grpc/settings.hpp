#pragma once

// The settings of a gRPC check: blackbox_exporter's `grpc:` section.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "config/secret.hpp"
#include "language/lines/expectations.hpp"
#include "net/addresses/address.hpp"
#include "net/addresses/target.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::grpc {

struct GrpcSettings final : Settings {
  std::string service;
  net::AddressSettings address;
  net::TlsClient tls;  ///< none: over plain TCP
  std::vector<std::pair<std::string, config::Secret>> metadata;
  std::vector<language::Expectation> lines;
};

inline constexpr std::array<std::string_view, 1> kFacts{"serving_status"};
inline constexpr auto kVocabulary = language::vocabulary_of(kFacts, language::Topic::kTls);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

/// Host and port; a scheme before them says nothing.
std::optional<net::HostPort> parse_target(std::string_view target, bool secure);

}  // namespace vedette::grpc
