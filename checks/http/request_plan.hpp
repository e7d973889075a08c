#pragma once

// What is asked for over HTTP, with all secrets known: by an `http` check, or by a step of a scenario.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/http/proxy.hpp"
#include "net/addresses/address.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::http {

/// Whose behaviour a request has where clients differ: which redirects there are, who may know secrets, where names are
/// looked up.
enum class Policy : std::uint8_t {
  kBlackbox,  ///< Go's, as blackbox_exporter uses it
  kCurl,
};

struct RequestPlan {
  Policy policy = Policy::kBlackbox;
  std::string method = "GET";
  net::Headers headers{};               ///< as they were asked for
  std::string user_agent{};             ///< empty: Vedette's own
  net::Headers usual_headers{};         ///< those that `headers` and `left_out` do not name are sent as well
  std::vector<std::string> left_out{};  ///< names of headers
  std::optional<std::string> body{};
  bool chunked = false;
  std::string host{};      ///< the header's for the first host; empty: the URL's authority
  std::string tls_host{};  ///< the name that the first host's certificate must be for; empty: the URL's host

  // What only some may know.
  std::string authorization{};  ///< a header's value
  std::string user{};           ///< user:password
  std::string netrc_file{};     ///< asked when there is no user
  std::string sigv4{};          ///< how AWS wants requests signed; by `user`
  bool digest = false;          ///< answer a challenge by `user` instead of Basic
  std::string cookies{};        ///< beside those of the jar

  // Where it goes.
  bool follow = true;
  std::int64_t max_redirects = 10;  ///< below zero: without end
  bool trusted = false;             ///< all hosts that redirects lead to may know secrets
  bool path_as_is = true;           ///< dots in the path stay
  net::AddressSettings address{};
  bool both_families = false;             ///< try IPv6 when nothing is reached over IPv4
  std::vector<std::string> connect_to{};  ///< as curl's: HOST1:PORT1:HOST2:PORT2, or HOST2:PORT2
  std::vector<std::string> resolve{};     ///< as curl's: HOST:PORT:ADDRESS
  std::string unix_socket{};
  std::shared_ptr<const ProxySettings> proxy{};  ///< nullptr: none
  net::Headers proxy_headers{};                  ///< for the proxy alone where it makes a tunnel

  // How it is spoken.
  bool http2 = true;
  bool http10 = false;
  bool only_http2 = false;  ///< without TLS, too
  bool reuse = false;       ///< connections may be kept
  std::vector<std::string> pinned_keys{};
  std::int64_t limit_rate = 0;  ///< bytes in a second; zero: no limit
};

}  // namespace vedette::http
