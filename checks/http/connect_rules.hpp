#pragma once

// curl's rules of where to connect instead: --connect-to and --resolve.

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/addresses/target.hpp"

namespace vedette::http {

/// Where to connect for `to`: by the first rule HOST1:PORT1:HOST2:PORT2 that it fits, or HOST2:PORT2, which all fit.
/// Empty parts stand for any, or for the same.
net::HostPort connected_to(const std::vector<std::string>& rules, const net::HostPort& to);

/// The address for `to` by a rule HOST:PORT:ADDRESS[,ADDRESS], where HOST and PORT may be *; nothing when none fits.
std::optional<boost::asio::ip::address> resolved_to(const std::vector<std::string>& rules, const net::HostPort& to);

}  // namespace vedette::http
