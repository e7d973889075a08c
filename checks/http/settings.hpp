#pragma once

// The settings of an HTTP check: blackbox_exporter's `http:` section and our additions.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cel/program.hpp"
#include "checks/check.hpp"
#include "checks/expect/days_left.hpp"
#include "checks/http/body.hpp"
#include "checks/http/proxy.hpp"
#include "checks/http/token_settings.hpp"
#include "checks/http/url.hpp"
#include "config/pattern.hpp"
#include "config/secret.hpp"
#include "language/lines/expectations.hpp"
#include "net/addresses/address.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::http {

struct HeaderExpectation {
  std::string header;
  config::Pattern pattern;
  bool allow_missing = false;
  bool must_match = false;  ///< fail_if_header_not_matches rather than fail_if_header_matches
};

struct Expectations {
  std::vector<int> status_codes;           ///< empty: 200 to 299
  std::vector<std::string> http_versions;  ///< "HTTP/1.1", "HTTP/2.0", …; empty: any
  bool fail_if_tls = false;
  bool fail_if_not_tls = false;
  std::vector<HeaderExpectation> headers;
  std::vector<config::Pattern> body_must_not_match;
  std::vector<config::Pattern> body_must_match;
  std::optional<cel::Program> json_must_not_match;
  std::optional<cel::Program> json_must_match;
  DaysLeft days_left;
  std::vector<language::Expectation> lines;

  [[nodiscard]] bool look_at_json() const { return json_must_match || json_must_not_match; }
  [[nodiscard]] bool look_at_body() const {
    return !body_must_match.empty() || !body_must_not_match.empty() || look_at_json() || language::looks_at_body(lines);
  }
};

enum class Credentials { kNone, kBasic, kAuthorization };

struct HttpSettings final : Settings {
  std::string method = "GET";
  std::vector<std::pair<std::string, config::Secret>> headers;        ///< set; at most one value a name
  std::vector<std::pair<std::string, config::Secret>> added_headers;  ///< `http_headers`: all values are sent
  config::Secret body;
  std::string body_file;
  bool follow_redirects = true;
  int max_redirects = 10;
  bool http2 = true;

  Credentials credentials = Credentials::kNone;
  std::string username;
  config::Secret password;
  std::string authorization_type = "Bearer";
  config::Secret authorization;

  std::shared_ptr<const TokenSettings> oauth2;  ///< nullptr: none
  ProxySettings proxy;
  Compression compression = Compression::kNone;
  std::uint64_t body_size_limit = 0;  ///< of the decoded body; zero: none
  net::AddressSettings address;
  net::TlsClient tls;
  Expectations expect;

  [[nodiscard]] std::optional<config::Secret> header(std::string_view name) const;
  [[nodiscard]] std::string fixed_host() const override;
};

/// Reads what other kinds that speak HTTP have as well: credentials, proxy, TLS, `http_headers`, …
void decode_client(config::Mapping& section, HttpSettings& out);
/// Reads headers of several values, with secrets and files, from the mapping `key`.
void decode_added_headers(config::Mapping& section, std::string_view key, HttpSettings& out);

std::shared_ptr<const Settings> decode(config::Mapping& section);
std::optional<std::string> check_target(const std::string& target, const Settings& settings);

}  // namespace vedette::http
