#pragma once

// Whether a request goes through a proxy, and which.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "checks/http/url.hpp"
#include "checks/kind.hpp"
#include "config/secret.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::http {

struct ProxySettings {
  config::Secret url;
  std::string problem;  ///< why `url` cannot be used; empty: it can
  std::string no_proxy;
  bool from_environment = false;
  bool skip_resolve = false;  ///< `skip_resolve_phase_with_proxy`
  std::vector<std::pair<std::string, config::Secret>> connect_headers;
};

ProxySettings decode_proxy(config::Mapping& section);

struct Proxy {
  std::string scheme;
  std::string user;  ///< percent-decoded, as is the password
  std::string password;
  std::string host;
  std::uint16_t port = 0;
};

/// The proxy for `target`; nothing for a direct connection.
std::optional<Proxy> proxy_for(const ProxySettings& settings, const Url& target);

/// The proxy with its address; its name not found is reason `http_proxy`. One over TLS is verified as `tls` says.
boost::asio::awaitable<tl::expected<net::HttpProxy, Failure>> reach_proxy(RunContext& context, const Proxy& proxy,
                                                                          const net::AddressSettings& settings,
                                                                          const net::TlsClient& tls);

/// Whether `no_proxy` (names, .suffixes, addresses, networks, *; separated by commas) covers `host`.
bool bypasses_proxy(const std::string& no_proxy, const std::string& host);

}  // namespace vedette::http
