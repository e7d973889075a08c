#include "checks/http/proxy.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cstdlib>

#include "base/ascii.hpp"
#include "checks/http/go_url.hpp"
#include "config/mapping.hpp"
#include "net/addresses/target.hpp"
#include "net/io/services.hpp"

namespace vedette::http {

namespace ip = boost::asio::ip;

namespace {

constexpr auto kProxyHint = "write http://host:port, https://host:port or socks5://host:port";

bool in_network(const std::string& network, const std::string& host) {
  boost::system::error_code error;
  const auto address = ip::make_address(host, error);
  if (error) return false;
  if (address.is_v4()) {
    const auto net = ip::make_network_v4(network, error);
    return !error && ip::network_v4(address.to_v4(), net.prefix_length()).canonical() == net.canonical();
  }
  const auto net = ip::make_network_v6(network, error);
  return !error && ip::network_v6(address.to_v6(), net.prefix_length()).canonical() == net.canonical();
}

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// What is wrong with the URL of a proxy; empty when nothing is.
std::string problem_of(const std::string& url) {
  if (url.empty()) return {};
  const auto parsed = boost::urls::parse_uri(url);
  const std::string scheme = parsed ? std::string(parsed->scheme()) : "";
  if (scheme == "http" || scheme == "https" || scheme == "socks5" || scheme == "socks5h") return {};
  return "proxy_url is not a URL of a proxy";
}

}  // namespace

ProxySettings decode_proxy(config::Mapping& section) {
  ProxySettings out;
  if (section.read("proxy_url", out.url)) {
    const auto url = out.url.reveal().value_or("");
    if (url.empty()) out.url = {};
    if (const auto refused = go_url_problem(url); !refused.empty()) {
      // What is wrong may be a part of the password, such as a slash that should have been written as %2F.
      const bool secret = url.find('@') != std::string::npos;
      section.error("proxy_url", "proxy_url is not a URL" + (secret ? std::string() : ": " + refused),
                    secret ? "write user and password percent-encoded: http://user:p%2Fw@host:port" : kProxyHint);
    } else {
      out.problem = problem_of(url);
      if (!out.problem.empty()) section.late("proxy_url", out.problem, kProxyHint);
    }
  }
  section.read("no_proxy", out.no_proxy);
  section.read("proxy_from_environment", out.from_environment);
  section.read("skip_resolve_phase_with_proxy", out.skip_resolve);
  if (auto headers = section.take_mapping("proxy_connect_header")) {
    for (const auto& [name, value] : headers->take_all()) {
      if (!value.is_sequence()) headers->error(name, "a header takes a list of values", "write [value]");
      for (const auto& item : value.node()) {
        auto secret = config::secret_of(config::Value(item, value.source()), section.context());
        if (secret) out.connect_headers.emplace_back(name, *secret);
      }
    }
  }
  if (!out.no_proxy.empty() && out.url.empty()) section.error("no_proxy", "no_proxy needs proxy_url");
  if (out.from_environment && (!out.url.empty() || !out.no_proxy.empty())) {
    section.error("proxy_from_environment", "proxy_from_environment excludes proxy_url and no_proxy");
  }
  if (!out.connect_headers.empty() && out.url.empty() && !out.from_environment) {
    section.error("proxy_connect_header", "proxy_connect_header needs proxy_url or proxy_from_environment");
  }
  return out;
}

bool bypasses_proxy(const std::string& no_proxy, const std::string& host) {
  std::string_view rest = no_proxy;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto entry = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    if (entry.empty()) continue;
    if (entry == "*" || entry == host) return true;
    if (entry.find('/') != std::string_view::npos) {
      if (in_network(std::string(entry), host)) return true;
      continue;
    }
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (host.size() > entry.size() && host.ends_with(entry) && host[host.size() - entry.size() - 1] == '.') return true;
  }
  return false;
}

namespace {

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

std::optional<Proxy> parse_proxy(const std::string& text) {
  // The parsed view looks into this text.
  const auto whole = text.find("://") == std::string::npos ? "http://" + text : text;
  const auto parsed = boost::urls::parse_uri(whole);
  if (!parsed || parsed->host_address().empty()) return std::nullopt;
  Proxy out;
  out.scheme = parsed->scheme();
  out.user = parsed->user();
  out.password = parsed->password();
  out.host = parsed->host_address();
  constexpr std::uint16_t kHttpPort = 80;
  constexpr std::uint16_t kHttpsPort = 443;
  constexpr std::uint16_t kSocksPort = 1080;
  out.port = out.scheme == "http" ? kHttpPort : out.scheme == "https" ? kHttpsPort : kSocksPort;
  if (parsed->has_port()) out.port = parsed->port_number();
  return out;
}

}  // namespace

std::optional<Proxy> proxy_for(const ProxySettings& settings, const Url& target) {
  if (settings.from_environment) {
    // As Go's net/http reads them: capitals first, and in a CGI not HTTP_PROXY, which would be a request's header
    // (httpoxy).
    const bool cgi = std::getenv("REQUEST_METHOD") != nullptr;
    const auto proxy = target.secure ? environment({"HTTPS_PROXY", "https_proxy"})
                       : cgi         ? environment({"http_proxy"})
                                     : environment({"HTTP_PROXY", "http_proxy"});
    if (proxy.empty() || is_loopback(target.host)) return std::nullopt;
    if (bypasses_proxy(environment({"NO_PROXY", "no_proxy"}), target.host)) return std::nullopt;
    return parse_proxy(proxy);
  }
  if (settings.url.empty() || bypasses_proxy(settings.no_proxy, target.host)) return std::nullopt;
  return parse_proxy(settings.url.reveal().value_or(""));
}

boost::asio::awaitable<tl::expected<net::HttpProxy, Failure>> reach_proxy(RunContext& context, const Proxy& proxy,
                                                                          const net::AddressSettings& settings,
                                                                          const net::TlsClient& tls) {
  if (auto refused = context.services.sockets.egress().refuses_name(proxy.host)) {
    co_return tl::make_unexpected(std::move(*refused));
  }
  const auto found = co_await context.services.resolver->resolve(proxy.host, settings);
  if (!found) co_return tl::make_unexpected(Failure{Reason::kHttpProxy, "the proxy's name: " + found.error().message});
  net::HttpProxy out;
  const bool secure = proxy.scheme == "https";
  if (secure) {
    auto material = tls.material();
    if (!material) co_return tl::make_unexpected(Failure{Reason::kLocalFile, material.error()});
    out.tls = std::move(*material);
    out.verify_name = tls.name_for(proxy.host);
  }
  out.type = secure || proxy.scheme == "http" ? net::HttpProxy::Type::kHttp : net::HttpProxy::Type::kSocks5;
  out.at = {found->address, proxy.port, proxy.host};
  if (!proxy.user.empty()) context.redactor.add_userinfo(proxy.user, proxy.password);
  out.user = proxy.user;
  out.password = proxy.password;
  co_return out;
}

}  // namespace vedette::http
