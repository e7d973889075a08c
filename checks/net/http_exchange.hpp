#pragma once

// One HTTP request and what came of it, without libcurl's types. Redirects, expectations and decoding are not its
// concern.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/net/http_timing.hpp"
#include "checks/net/tls_profile.hpp"
#include "checks/net/tls_verify.hpp"

namespace vedette::net {

struct HttpRequest {
  std::string url;  ///< its host is what SNI and verification use
  /// Where to connect; without it a proxy finds the target by name.
  std::optional<std::pair<boost::asio::ip::address, std::uint16_t>> connect_to;
  std::optional<boost::asio::ip::address> source;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  bool chunked = false;
  bool http2 = true;
  TlsMaterialPtr tls;       ///< for https
  std::string verify_name;  ///< for https
  std::string proxy;        ///< URL with a numeric host; empty: none
  std::vector<std::pair<std::string, std::string>> proxy_headers;
  std::size_t max_header_bytes = std::size_t{64} << 10;
  /// Gets the body as it comes (still encoded); returns false to end the exchange.
  std::function<bool(std::string_view)> on_body;
};

struct HttpExchange {
  std::optional<Failure> failure;  ///< none also when on_body ended the exchange
  bool ended_by_sink = false;
  int status = 0;
  std::string version;                                       ///< "1.0", "1.1", "2", "3"; empty without a response
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the final response, in their order
  HttpTiming timing;
  TlsRecord tls;
  std::string local_address;
  std::uint16_t local_port = 0;

  [[nodiscard]] const std::string* header(std::string_view name) const;
};

}  // namespace vedette::net
