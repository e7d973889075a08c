#pragma once

// The cookies of one run: RFC 6265, with the list of public suffixes that libpsl has. Bounded; single-threaded.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "checks/http/url.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::http {

struct Cookie {
  std::string domain;  ///< lower case, without a leading dot
  bool subdomains = false;
  std::string path = "/";
  bool secure = false;
  bool http_only = false;
  std::int64_t expires = 0;  ///< in unixtime; zero: with the run
  std::string name;
  std::string value;
};

class CookieJar {
 public:
  /// Keeps what the Set-Cookie headers of a response to `url` say.
  void take(const Url& url, const net::Headers& headers);
  /// `a=1; b=2` for a request to `url`; empty when there are none.
  [[nodiscard]] std::string header_for(const Url& url) const;

  /// A line of Netscape's file: domain, subdomains, path, secure, expires, name and value, set apart by tabs, or by
  /// blanks where there are no tabs.
  /// False when it is none.
  bool add_line(std::string_view line);
  /// The same for all cookies, in the order they came.
  [[nodiscard]] std::string lines() const;
  void clear() { cookies_.clear(); }
  [[nodiscard]] const std::vector<Cookie>& cookies() const { return cookies_; }

 private:
  void put(Cookie cookie);

  std::vector<Cookie> cookies_;
};

}  // namespace vedette::http
