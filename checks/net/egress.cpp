#include "checks/net/egress.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "config/ascii.hpp"

namespace vedette::net {

namespace ip = boost::asio::ip;

namespace {

using Bytes = ip::address_v6::bytes_type;

constexpr unsigned kV4Bits = 32;
constexpr unsigned kV6Bits = 128;

Bytes bytes_of(const ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  Bytes out{};
  const auto four = address.to_v4().to_bytes();
  std::copy(four.begin(), four.end(), out.begin());
  return out;
}

ip::address v4_at(const Bytes& bytes, std::size_t at) {
  return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
}

/// The IPv4 address within an IPv6 one: mapped and compatible (RFC 4291), translated (RFC 6052), 6to4 (RFC 3056).
std::optional<ip::address> embedded_v4(const ip::address& address) {
  if (address.is_v4()) return std::nullopt;
  const auto bytes = bytes_of(address);
  const auto zero = [&](std::size_t from, std::size_t to) {
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                       bytes.begin() + static_cast<std::ptrdiff_t>(to), [](unsigned char byte) { return byte == 0; });
  };
  const bool mapped = zero(0, 10) && bytes[10] == 0xff && bytes[11] == 0xff;
  const bool compatible = zero(0, 12) && !zero(12, 15);
  const bool translated = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b && zero(4, 12);
  if (mapped || compatible || translated) return v4_at(bytes, 12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return v4_at(bytes, 2);
  return std::nullopt;
}

/// Link-local networks, and where clouds serve credentials to whoever asks.
const std::vector<Network>& built_in_networks() {
  static const auto kNetworks = [] {
    std::vector<Network> out;
    for (const auto* text : {"169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200",
                             "192.0.0.192", "168.63.129.16"}) {
      out.push_back(*Network::parse(text));
    }
    return out;
  }();
  return kNetworks;
}

constexpr std::array<std::string_view, 3> kBuiltInNames{"metadata.google.internal", "metadata", "instance-data"};

std::string plain_name(std::string_view name) {
  auto out = lower_case(name);
  while (out.ends_with('.')) out.pop_back();
  return out;
}

bool matches_name(const std::vector<std::string>& patterns, std::string_view name) {
  const auto plain = plain_name(name);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return pattern.starts_with("*.") ? plain.ends_with(std::string_view(pattern).substr(1)) : plain == pattern;
  });
}

const Network* network_of(const std::vector<Network>& networks, const ip::address& address) {
  const auto four = embedded_v4(address);
  const auto found = std::find_if(networks.begin(), networks.end(), [&](const Network& network) {
    return network.holds(address) || (four && network.holds(*four));
  });
  return found == networks.end() ? nullptr : &*found;
}

bool holds_port(const EgressRules& rules, std::uint16_t port) {
  return std::any_of(rules.ports.begin(), rules.ports.end(),
                     [&](const auto& range) { return port >= range.first && port <= range.second; });
}

bool matches_path(const std::vector<std::string>& patterns, const std::string& path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) == 0;
  });
}

Failure denial(std::string what) {
  return {Reason::kEgressDenied, std::move(what)};
}

}  // namespace

std::optional<Network> Network::parse(const std::string& text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  const auto address = ip::make_address(text.substr(0, slash), error);
  if (error) return std::nullopt;
  Network out;
  out.text_ = text;
  out.v4_ = address.is_v4();
  out.prefix_ = bytes_of(address);
  const unsigned most = out.v4_ ? kV4Bits : kV6Bits;
  out.bits_ = most;
  if (slash == std::string::npos) return out;
  const auto bits = std::string_view(text).substr(slash + 1);
  const auto [end, wrong] = std::from_chars(bits.data(), bits.data() + bits.size(), out.bits_);
  if (wrong != std::errc() || end != bits.data() + bits.size() || out.bits_ > most) return std::nullopt;
  return out;
}

bool Network::holds(const ip::address& address) const {
  if (address.is_v4() != v4_) return false;
  const auto bytes = bytes_of(address);
  for (unsigned bit = 0; bit < bits_; bit += 8) {
    const unsigned left = std::min(8U, bits_ - bit);
    const auto mask = static_cast<unsigned char>(0xff00U >> left);
    if ((bytes[bit / 8] & mask) != (prefix_[bit / 8] & mask)) return false;
  }
  return true;
}

std::optional<Failure> EgressPolicy::refuses_name(std::string_view name) const {
  const auto plain = plain_name(name);
  const bool built_in =
      settings_.built_in && std::find(kBuiltInNames.begin(), kBuiltInNames.end(), plain) != kBuiltInNames.end();
  if (built_in || matches_name(settings_.deny.names, name)) {
    return denial(fmt::format("agent.egress denies the name {}", printable(name, 255)));
  }
  // A name that is not allowed may still have an address that is.
  const auto& allow = settings_.allow;
  if (!allow.names.empty() && allow.networks.empty() && !matches_name(allow.names, name)) {
    return denial(fmt::format("agent.egress does not allow the name {}", printable(name, 255)));
  }
  return std::nullopt;
}

std::optional<Failure> EgressPolicy::denied(const ip::address& address) const {
  const auto* network = network_of(settings_.deny.networks, address);
  if (network == nullptr && settings_.built_in) network = network_of(built_in_networks(), address);
  if (network == nullptr) return std::nullopt;
  return denial(fmt::format("agent.egress denies {}, which is in {}", address.to_string(), network->text()));
}

std::optional<Failure> EgressPolicy::refuses(const ip::address& address, std::string_view name) const {
  if (auto failure = denied(address)) return failure;
  const auto& allow = settings_.allow;
  if (allow.networks.empty() || network_of(allow.networks, address) != nullptr || matches_name(allow.names, name)) {
    return std::nullopt;
  }
  return denial(fmt::format("agent.egress does not allow {}", address.to_string()));
}

std::optional<Failure> EgressPolicy::refuses(const ip::address& address, std::uint16_t port) const {
  if (auto failure = denied(address)) return failure;
  return port == 0 ? std::nullopt : refuses_port(port);
}

std::optional<Failure> EgressPolicy::refuses_port(std::uint16_t port) const {
  if (holds_port(settings_.deny, port)) return denial(fmt::format("agent.egress denies port {}", port));
  if (!settings_.allow.ports.empty() && !holds_port(settings_.allow, port)) {
    return denial(fmt::format("agent.egress does not allow port {}", port));
  }
  return std::nullopt;
}

std::optional<Failure> EgressPolicy::refuses_socket(const std::string& path) const {
  // Two spellings of a path must not count as two paths.
  const bool plain =
      path.starts_with('/') && path.find("//") == std::string::npos && path.find("/.") == std::string::npos;
  const bool ruled = !settings_.deny.sockets.empty() || !settings_.allow.sockets.empty();
  if (matches_path(settings_.deny.sockets, path) || (ruled && !plain)) {
    return denial("agent.egress denies the socket " + printable(path, 200));
  }
  if (!settings_.allow.sockets.empty() && !matches_path(settings_.allow.sockets, path)) {
    return denial("agent.egress does not allow the socket " + printable(path, 200));
  }
  return std::nullopt;
}

}  // namespace vedette::net
