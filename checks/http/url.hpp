#pragma once

// Targets and redirects of HTTP checks.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::http {

struct Url {
  bool secure = false;
  std::string host;  ///< without brackets, lower case, international names in ASCII; an address may have a zone
  std::uint16_t port = 80;
  std::string path = "/";  ///< with query, without fragment; percent-encoded as written
  std::string user;        ///< percent-decoded
  std::string password;
  bool has_userinfo = false;

  /// The value of the Host header: with the port unless it is the scheme's own.
  [[nodiscard]] std::string authority() const;
  /// The URL for a person: without userinfo.
  [[nodiscard]] std::string text() const;
};

/// A text without a scheme gets http://, as blackbox_exporter does it. The error says what is wrong.
tl::expected<Url, std::string> parse_url(std::string_view text);

/// RFC 3986 section 5.2.4 for a path, with its query: /a/../b is /b.
std::string without_dots(const std::string& path);

/// The URL that `location`, absolute or relative, means on a page of `base`.
tl::expected<Url, std::string> resolve_location(const Url& base, std::string_view location);

}  // namespace vedette::http
