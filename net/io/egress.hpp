#pragma once

// Where checks may connect to: asked for every connection of every kind, with the address that is connected to, so that
// no redirect and no change of a name leads around it. Immutable and shared by all shards.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/failure.hpp"

namespace vedette::net {

class Network {
 public:
  /// `address` or `address/bits`; nothing when it is neither.
  static std::optional<Network> parse(const std::string& text);
  [[nodiscard]] bool holds(const boost::asio::ip::address& address) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  boost::asio::ip::address_v6::bytes_type prefix_{};
  unsigned bits_ = 0;
  bool v4_ = false;
};

/// A rule's lists; one entry that matches is enough.
struct EgressRules {
  std::vector<Network> networks;
  std::vector<std::string> names;  ///< in lower case; `*.example.com` stands for all names below it
  std::vector<std::pair<std::uint16_t, std::uint16_t>> ports;  ///< ranges, both ends included
  std::vector<std::string> sockets;                            ///< paths of Unix sockets, with * and ?

  [[nodiscard]] bool empty() const { return networks.empty() && names.empty() && ports.empty() && sockets.empty(); }
};

struct EgressSettings {
  EgressRules allow;      ///< empty lists allow everything
  EgressRules deny;       ///< counts for more than what is allowed
  bool built_in = false;  ///< deny link-local networks and the clouds' metadata services as well
};

/// Where somebody is to connect to.
struct Destination {
  std::string_view name;  ///< what was asked for; empty when an address was
  /// Where it was found; nothing when somebody else finds it, such as a proxy.
  std::optional<boost::asio::ip::address> address{};
  std::uint16_t port = 0;  ///< zero: the protocol has none
};

class EgressPolicy {
 public:
  /// Allows everything.
  EgressPolicy() = default;
  explicit EgressPolicy(EgressSettings settings) : settings_(std::move(settings)) {}

  /// Decides: what is wrong with connecting to `destination`, or nothing. An IPv6 address that leads to an IPv4 one
  /// (mapped, compatible, translated, 6to4, Teredo, ISATAP) is denied where either is. The unspecified addresses count
  /// as loopback, where Linux connects for them. A name that a proxy resolves is refused where networks matter, unless
  /// it is allowed by name; numbers in any spelling are addresses.
  [[nodiscard]] std::optional<Failure> refuses(const Destination& destination) const;
  /// What is wrong with asking for `name` at all; nothing when it depends on its address.
  [[nodiscard]] std::optional<Failure> refuses_name(std::string_view name) const;
  /// What is wrong with the Unix socket at `path`. With a list of what is allowed, of any kind, sockets must be in it.
  [[nodiscard]] std::optional<Failure> refuses_socket(const std::string& path) const;

 private:
  [[nodiscard]] std::optional<Failure> refuses_address(const boost::asio::ip::address& address,
                                                       std::string_view name) const;
  [[nodiscard]] std::optional<Failure> refuses_unresolved(std::string_view name) const;
  [[nodiscard]] std::optional<Failure> refuses_port(std::uint16_t port) const;

  EgressSettings settings_;
};

}  // namespace vedette::net
