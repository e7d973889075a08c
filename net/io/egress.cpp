#include "net/io/egress.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

#include "base/ascii.hpp"
#include "base/text.hpp"

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

ip::address v4_of(unsigned char a, unsigned char b, unsigned char c, unsigned char d) {
  return ip::address_v4({a, b, c, d});
}

/// Whether `bytes` begin with `prefix`.
bool begins(const Bytes& bytes, std::initializer_list<unsigned char> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

/// All that an address stands for: itself, the IPv4 addresses that it leads to, and loopback for the unspecified ones.
class Meanings {
 public:
  explicit Meanings(const ip::address& address) {
    add(address);
    if (address.is_v6()) add_embedded(bytes_of(address));
    // Linux connects to this machine for them.
    const bool unspecified = std::any_of(begin(), end(), [](const ip::address& one) {
      return one.is_v4() ? one.to_v4().to_bytes()[0] == 0 : one.to_v6() == ip::address_v6::any();
    });
    if (!unspecified) return;
    add(ip::address_v4::loopback());
    add(ip::address_v6::loopback());
  }

  [[nodiscard]] const ip::address* begin() const { return all_.data(); }
  [[nodiscard]] const ip::address* end() const { return all_.data() + size_; }

 private:
  void add(const ip::address& address) { all_.at(size_++) = address; }

  void add_embedded(const Bytes& b) {
    const auto tail = v4_of(b[12], b[13], b[14], b[15]);
    const bool zeros = begins(b, {0, 0, 0, 0, 0, 0, 0, 0});
    const bool compatible = zeros && b[8] == 0 && b[9] == 0 && b[10] == 0 && b[11] == 0 && (b[12] | b[13] | b[14]) != 0;
    const bool mapped = zeros && b[8] == 0 && b[9] == 0 && b[10] == 0xff && b[11] == 0xff;  // RFC 4291 section 2.5.5.2
    const bool translated = zeros && b[8] == 0xff && b[9] == 0xff && b[10] == 0 && b[11] == 0;  // RFC 2765 section 2.1
    const bool well_known = begins(b, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0});           // RFC 6052 section 2.1
    const bool isatap = (b[8] & 0xfcU) == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;     // RFC 5214 section 6.1
    if (compatible || mapped || translated || well_known || isatap) add(tail);
    if (begins(b, {0, 0x64, 0xff, 0x9b, 0, 1})) add_locally_translated(b);  // RFC 8215
    if (begins(b, {0x20, 0x02})) add(v4_of(b[2], b[3], b[4], b[5]));        // 6to4, RFC 3056
    if (begins(b, {0x20, 0x01, 0, 0})) {                                    // Teredo, RFC 4380 section 4
      add(v4_of(b[4], b[5], b[6], b[7]));
      add(v4_of(b[12] ^ 0xffU, b[13] ^ 0xffU, b[14] ^ 0xffU, b[15] ^ 0xffU));
    }
  }

  /// RFC 6052 section 2.2 lets a site put the address in one of four places of the prefix 64:ff9b:1::/48.
  void add_locally_translated(const Bytes& b) {
    for (const auto& address : {v4_of(b[6], b[7], b[9], b[10]), v4_of(b[7], b[9], b[10], b[11]),
                                v4_of(b[9], b[10], b[11], b[12]), v4_of(b[12], b[13], b[14], b[15])}) {
      // Nothing is at a place that begins with zeros.
      if (address.to_v4().to_bytes()[0] != 0) add(address);
    }
  }

  std::array<ip::address, 10> all_;
  std::size_t size_ = 0;
};

bool is_mapped(const ip::address& address) {
  return address.is_v6() && address.to_v6().is_v4_mapped();
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

constexpr std::array<std::string_view, 4> kBuiltInNames{"metadata.google.internal", "metadata.goog", "metadata",
                                                        "instance-data"};

std::string plain_name(std::string_view name) {
  auto out = lower_case(name);
  while (out.ends_with('.')) out.pop_back();
  return out;
}

/// `0177.0.0.01` as `177.0.0.1`.
std::string without_leading_zeros(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool leads = (i == 0 || text[i - 1] == '.') && text[i] == '0';
    std::size_t zeros = 0;
    while (leads && i + zeros + 1 < text.size() && text[i + zeros] == '0' && text[i + zeros + 1] >= '0' &&
           text[i + zeros + 1] <= '9')
      ++zeros;
    i += zeros;
    out += text[i];
  }
  return out;
}

/// `plain` as plain_name() gives it.
bool matches(const std::vector<std::string>& patterns, std::string_view plain) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return pattern.starts_with("*.") ? plain.ends_with(std::string_view(pattern).substr(1)) : plain == pattern;
  });
}

bool matches_name(const std::vector<std::string>& patterns, std::string_view name) {
  return !patterns.empty() && matches(patterns, plain_name(name));
}

const Network* network_of(const std::vector<Network>& networks, const ip::address& address) {
  const auto found =
      std::find_if(networks.begin(), networks.end(), [&](const Network& network) { return network.holds(address); });
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
  const unsigned max = out.v4_ ? kV4Bits : kV6Bits;
  out.bits_ = max;
  if (slash == std::string::npos) return out;
  const auto bits = std::string_view(text).substr(slash + 1);
  const auto [end, wrong] = std::from_chars(bits.data(), bits.data() + bits.size(), out.bits_);
  if (wrong != std::errc() || end != bits.data() + bits.size() || out.bits_ > max) return std::nullopt;
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
  if (!settings_.built_in && settings_.deny.names.empty() && settings_.allow.names.empty()) return std::nullopt;
  const auto plain = plain_name(name);
  const bool built_in =
      settings_.built_in && std::find(kBuiltInNames.begin(), kBuiltInNames.end(), plain) != kBuiltInNames.end();
  if (built_in || matches(settings_.deny.names, plain)) {
    return denial(fmt::format("agent.egress denies the name {}", printable(name, 255)));
  }
  // A name that is not allowed may still have an address that is.
  const auto& allow = settings_.allow;
  if (!allow.names.empty() && allow.networks.empty() && !matches(allow.names, plain)) {
    return denial(fmt::format("agent.egress does not allow the name {}", printable(name, 255)));
  }
  return std::nullopt;
}

std::optional<Failure> EgressPolicy::refuses_address(const ip::address& address, std::string_view name) const {
  for (const auto& meaning : Meanings(address)) {
    const auto* network = network_of(settings_.deny.networks, meaning);
    if (network == nullptr && settings_.built_in) network = network_of(built_in_networks(), meaning);
    if (network == nullptr) continue;
    return denial(fmt::format("agent.egress denies {}, which is in {}", address.to_string(), network->text()));
  }
  const auto& allow = settings_.allow;
  if (allow.networks.empty() || matches_name(allow.names, name)) return std::nullopt;
  // A mapped address is the IPv4 one; what else is embedded is only where a gateway may lead.
  const auto itself = is_mapped(address) ? ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6())) : address;
  if (network_of(allow.networks, itself) != nullptr) return std::nullopt;
  const bool loopback = itself.is_unspecified() && (network_of(allow.networks, ip::address_v4::loopback()) != nullptr ||
                                                    network_of(allow.networks, ip::address_v6::loopback()) != nullptr);
  if (loopback) return std::nullopt;
  return denial(fmt::format("agent.egress does not allow {}", address.to_string()));
}

std::optional<Failure> EgressPolicy::refuses_unresolved(std::string_view name) const {
  const auto plain = plain_name(name);
  boost::system::error_code error;
  auto address = ip::make_address(plain, error);
  in_addr numbers{};
  if (error && ::inet_aton(plain.c_str(), &numbers) != 0) {
    // What every resolver of the kind takes: 127.1, 0x7f000001, 0177.0.0.1.
    address = ip::address_v4(ntohl(numbers.s_addr));
    error = {};
  }
  if (!error) {
    // Some read a zero in front as octal, some do not.
    const auto decimal = ip::make_address(without_leading_zeros(plain), error);
    if (!error) {
      if (auto failure = refuses_address(decimal, name)) return failure;
    }
    return refuses_address(address, name);
  }
  if (plain == "localhost" || plain.ends_with(".localhost")) {
    if (auto failure = refuses_address(ip::address_v4::loopback(), name)) return failure;
    return refuses_address(ip::address_v6::loopback(), name);
  }
  const bool ruled = !settings_.deny.networks.empty() || !settings_.allow.networks.empty();
  if (!ruled || matches_name(settings_.allow.names, name)) return std::nullopt;
  return denial(fmt::format("agent.egress has rules for networks, and {} is resolved by a proxy: add it to allow.names",
                            printable(name, 255)));
}

std::optional<Failure> EgressPolicy::refuses(const Destination& destination) const {
  const auto& name = destination.name;
  if (!name.empty()) {
    if (auto failure = refuses_name(name)) return failure;
  }
  auto failure = destination.address ? refuses_address(*destination.address, name) : refuses_unresolved(name);
  if (!failure && destination.port != 0) failure = refuses_port(destination.port);
  return failure;
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
  const bool ruled = !settings_.deny.sockets.empty() || !settings_.allow.empty();
  if (matches_path(settings_.deny.sockets, path) || (ruled && !plain)) {
    return denial("agent.egress denies the socket " + printable(path, 200));
  }
  if (!settings_.allow.empty() && !matches_path(settings_.allow.sockets, path)) {
    return denial("agent.egress does not allow the socket " + printable(path, 200));
  }
  return std::nullopt;
}

}  // namespace vedette::net
