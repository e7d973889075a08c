#pragma once

// Targets of the form `host:port`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette::net {

struct HostPort {
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
};

/// Splits `host:port`, `[v6]:port`; without a port gives `default_port`, or nothing when that is zero.
/// A bare IPv6 address is a host without a port.
std::optional<HostPort> split_host_port(std::string_view text, std::uint16_t default_port);

/// `host:port`, with brackets around an IPv6 address.
std::string join_host_port(std::string_view host, std::uint16_t port);

/// `host` in lower case, an international name as IDNA writes it in ASCII (RFC 5891 and UTS #46); nothing when it has
/// no such form. Other hosts stay what they are, whether they are valid or not.
std::optional<std::string> ascii_host(std::string_view host);

/// Whether `host` could be a name or an address: what it holds goes into headers and messages.
bool is_plausible_host(std::string_view host);

/// Whether `host` is an IPv4 or IPv6 address rather than a name.
bool is_address(const std::string& host);

}  // namespace vedette::net
