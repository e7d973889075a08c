#include "net/addresses/address.hpp"

#include <fmt/format.h>

#include "config/mapping.hpp"
#include "net/addresses/target.hpp"

namespace vedette::net {

namespace {

template <typename Bytes>
std::uint32_t fnv1a(const Bytes& bytes) {
  std::uint32_t hash = 2166136261U;
  for (const auto byte : bytes) {
    hash ^= byte;
    hash *= 16777619U;
  }
  return hash;
}

}  // namespace

AddressSettings decode_address_settings(config::Mapping& section) {
  AddressSettings out;
  std::string preferred;
  if (section.read("preferred_ip_protocol", preferred)) {
    // Any other text means ip4 to blackbox_exporter, so it must load; but it is rarely what was meant.
    out.prefer_v6 = preferred.empty() || preferred == "ip6";
    if (!preferred.empty() && preferred != "ip6" && preferred != "ip4") {
      section.warning("preferred_ip_protocol", fmt::format("'{}' is taken for ip4", preferred), "write ip4 or ip6");
    }
  }
  section.read("ip_protocol_fallback", out.fallback);
  std::string source;
  if (section.read("source_ip_address", source) && !source.empty()) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(source, error);
    if (error) {
      out.source_problem = fmt::format("'{}' is not an IP address", source);
      section.late("source_ip_address", out.source_problem);
    } else {
      out.source = address;
    }
  }
  if (section.read("resolver", out.resolver)) {
    boost::system::error_code error;
    const auto parts = split_host_port(out.resolver, 53);
    if (parts) boost::asio::ip::make_address(parts->host, error);
    if (!parts || error) {
      section.error("resolver", fmt::format("'{}' is not the address of a DNS server", out.resolver),
                    "write an IP address, with :port when it is not 53");
    }
  }
  return out;
}

std::uint32_t address_hash(const boost::asio::ip::address& address) {
  return address.is_v4() ? fnv1a(address.to_v4().to_bytes()) : fnv1a(address.to_v6().to_bytes());
}

}  // namespace vedette::net
