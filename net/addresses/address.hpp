#pragma once

// Which address of a name a run goes to, and from where. The keys `preferred_ip_protocol`, `ip_protocol_fallback`,
// `source_ip_address` and `resolver` mean the same for every kind.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace vedette::config {
class Mapping;
}

namespace vedette::net {

struct AddressSettings {
  bool prefer_v6 = true;  ///< blackbox_exporter's default
  bool fallback = true;   ///< take the other family when the preferred one has no address
  std::optional<boost::asio::ip::address> source;
  std::string source_problem;  ///< why nothing can be connected from there; empty: nothing is wrong
  std::string resolver;        ///< `ip` or `ip:port` of a DNS server; empty: the system's
};

/// Where a run connects to.
struct Endpoint {
  boost::asio::ip::address address;
  std::uint16_t port = 0;  ///< zero for protocols without ports
  std::string name{};      ///< that the address was found for; empty when the address itself was asked for
};

/// Reads the four keys; wrong values go to the mapping's diagnostics.
AddressSettings decode_address_settings(config::Mapping& section);

/// FNV-1a of the 4 or 16 bytes, 32 bits: the value of probe_ip_addr_hash.
std::uint32_t address_hash(const boost::asio::ip::address& address);

}  // namespace vedette::net
