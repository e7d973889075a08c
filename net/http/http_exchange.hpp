#pragma once

// One HTTP request and what came of it. Redirects, expectations and decoding are not its concern.

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/failure.hpp"
#include "net/addresses/address.hpp"
#include "net/tls/tls_facts.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpProxy {
  enum class Type { kHttp, kSocks5 };
  Type type = Type::kHttp;
  Endpoint at;
  std::string user;  ///< empty: no authentication
  std::string password;
  Headers connect_headers;    ///< for CONNECT only
  TlsMaterialPtr tls{};       ///< for one that is spoken to over TLS
  std::string verify_name{};  ///< the same: SNI and the name to verify
};

/// What HTTP/1 and HTTP/2 take from a connection at a time.
constexpr std::size_t kReadBytes = std::size_t{16} << 10;

/// Of one response: a short field costs many times its bytes. curl takes 5,000.
constexpr std::size_t kMaxHeaderFields = 10'000;

/// What the taker of a body says after a slice of work on it.
enum class Work : std::uint8_t {
  kDone,  ///< nothing is left to do for now
  kMore,
  kEnough,  ///< no more of the body is wanted
};

struct HttpRequest {
  bool secure = false;
  std::string host;  ///< of the URL: what a proxy is told
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query
  std::string socket;        ///< the Unix socket that the server listens on, instead of an address
  /// Where the name was found; without it a proxy finds it.
  std::optional<boost::asio::ip::address> address;
  bool address_given = false;                   ///< it was not found for the host, but stands in the check
  const AddressSettings* connect_as = nullptr;  ///< outlives the exchange
  std::optional<HttpProxy> proxy;
  std::string method = "GET";
  Headers headers;  ///< with Host
  std::optional<std::string> body;
  bool chunked = false;
  bool http10 = false;                     ///< HTTP/1.0 instead of 1.1
  bool keep_alive = false;                 ///< the connection may be used again
  bool http2 = true;                       ///< offered to the server; https only
  bool only_http2 = false;                 ///< nothing else is spoken, also without TLS (RFC 9113 section 3.3)
  TlsMaterialPtr tls;                      ///< for https
  std::string verify_name;                 ///< for https: SNI and the name to verify
  std::vector<std::string> pinned_keys{};  ///< SHA-256 of the server's public key, lower-case hex; empty: any
  std::size_t max_header_bytes = std::size_t{1} << 20;
  /// Gets the body as it comes (still encoded); returns false to end the exchange.
  std::function<bool(std::string_view)> on_body;
  /// Called after what came was given to `on_body`, again and again until nothing is left to do: work on a part of the
  /// body is done in slices, between which the loop turns.
  std::function<Work()> on_slice{};

  [[nodiscard]] const std::string* header(std::string_view name) const;
};

/// Why a response ends whose headers exceed a limit.
Failure headers_too_large(const HttpRequest& request);

/// Whether a request that the server did not work on is sent again, over another connection.
enum class Again : std::uint8_t {
  kNo,
  kSame,
  kHttp11,  ///< the server wants HTTP/1.1 for it
};

struct HttpExchange {
  Again again = Again::kNo;
  bool ended_by_sink = false;  ///< on_body wanted no more
  bool reused = false;         ///< over a connection that there was already
  bool reusable = false;       ///< the connection can take another request
  bool heard = false;          ///< a byte of an answer has come
  bool has_head = false;       ///< status and headers of the final response are there, whatever became of its body
  int status = 0;
  std::string version;  ///< "1.0", "1.1", "2"; empty without a response
  Headers headers;      ///< of the final response, in their order
  Headers trailers;     ///< HTTP/2 only
  std::optional<TlsFacts> tls;
  std::pair<boost::asio::ip::address, std::uint16_t> local;

  [[nodiscard]] const std::string* header(std::string_view name) const;
};

}  // namespace vedette::net
