#pragma once

// The settings of a gRPC check: blackbox_exporter's `grpc:` section.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "checks/net/address.hpp"
#include "checks/net/target.hpp"
#include "checks/net/tls_profile.hpp"
#include "config/secret.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::grpc {

struct GrpcSettings final : Settings {
  std::string service;
  net::AddressSettings address;
  net::TlsClient tls;  ///< none: over plain TCP
  std::vector<std::pair<std::string, config::Secret>> metadata;
};

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

/// Host and port; a scheme before them says nothing.
std::optional<net::HostPort> parse_target(std::string_view target, bool secure);

}  // namespace vedette::grpc
