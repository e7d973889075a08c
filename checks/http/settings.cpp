#include "checks/http/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.hpp"
#include "checks/http/url.hpp"
#include "config/mapping.hpp"

namespace vedette::http {
namespace {

bool is_header_value(const config::Secret& value) {
  const auto text = value.reveal();
  return !text || text->find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

void read_headers(config::Mapping& section, HttpSettings& out) {
  auto headers = section.take_mapping("headers");
  if (!headers) return;
  for (const auto& [name, value] : headers->take_all()) {
    if (!is_token(name)) {
      headers->unusable(name, fmt::format("'{}' is not the name of a header", name));
    } else if (!value.is_scalar() && !value.is_null()) {
      headers->error(name, "a header takes a single value", "http_headers takes several values for a name");
    } else if (auto secret = config::secret_of(value, section.context())) {
      if (!is_header_value(*secret)) headers->unusable(name, "a header's value cannot hold a line break");
      out.headers.emplace_back(name, std::move(*secret));
    }
  }
}

void read_values(config::Mapping& entry, const std::string& name, HttpSettings& out) {
  for (const auto* key : {"values", "secrets"}) {
    for (const auto& item : entry.take_list(key)) {
      if (auto secret = config::secret_of(item, entry.context()))
        out.added_headers.emplace_back(name, std::move(*secret));
    }
  }
  std::vector<std::string> files;
  entry.read("files", files);
  for (auto& file : files) out.added_headers.emplace_back(name, config::Secret::file(std::move(file)));
  entry.finish();
}

/// blackbox_exporter reads names of a secret manager, but has none.
void refuse_reference(config::Mapping& section, const std::string& key) {
  if (section.take(key)) section.unusable(key, key + " needs a secret manager, and there is none");
}

/// A secret in a file or right here.
void read_secret(config::Mapping& section, std::string_view key, std::string_view file_key, config::Secret& out) {
  std::string file;
  if (section.read(key, out) && out.reveal() == "") out = {};
  if (!section.read(file_key, file)) return;
  if (!out.empty()) section.error(file_key, fmt::format("{} and {} exclude each other", key, file_key));
  out = config::Secret::file(file);
}

void read_credentials(config::Mapping& section, HttpSettings& out) {
  std::vector<std::string_view> given;
  if (auto basic = section.take_mapping("basic_auth")) {
    given.emplace_back("basic_auth");
    out.credentials = Credentials::kBasic;
    basic->read("username", out.username);
    refuse_reference(*basic, "username_ref");
    refuse_reference(*basic, "password_ref");
    if (basic->has("username") && basic->has("username_file")) {
      basic->error("username_file", "username and username_file exclude each other");
    }
    std::string username_file;
    if (basic->read("username_file", username_file)) {
      const auto text = config::Secret::file(username_file).reveal();
      if (text) out.username = *text;
      if (!text) basic->unusable("username_file", text.error());
    }
    read_secret(*basic, "password", "password_file", out.password);
    basic->finish();
  }
  if (auto authorization = section.take_mapping("authorization")) {
    given.emplace_back("authorization");
    out.credentials = Credentials::kAuthorization;
    authorization->read("type", out.authorization_type);
    if (same_ignoring_case(trim(out.authorization_type), "basic")) {
      authorization->error("type", "the type basic is not for authorization", "use basic_auth");
    }
    refuse_reference(*authorization, "credentials_ref");
    read_secret(*authorization, "credentials", "credentials_file", out.authorization);
    authorization->finish();
  }
  config::Secret bearer_token;
  read_secret(section, "bearer_token", "bearer_token_file", bearer_token);
  if (!bearer_token.empty()) {
    given.emplace_back("bearer_token");
    out.credentials = Credentials::kAuthorization;
    out.authorization = std::move(bearer_token);
  }
  if (auto oauth2 = section.take_mapping("oauth2")) {
    given.emplace_back("oauth2");
    out.oauth2 = decode_token_settings(*oauth2);
  }
  if (given.size() > 1) {
    section.error(given[1], fmt::format("{} exclude each other", fmt::join(given, " and ")));
  }
}

struct Acceptable {
  std::string coding;
  int thousandths = 1000;
};

/// The codings of an Accept-Encoding header, those that are liked most first; as blackbox_exporter reads it.
std::vector<Acceptable> acceptable_codings(std::string_view header) {
  std::vector<Acceptable> out;
  while (true) {
    const auto part = header.substr(0, header.find(','));
    const auto semicolon = part.rfind(';');
    Acceptable item{std::string(trim(part.substr(0, semicolon)))};
    if (semicolon != std::string_view::npos) {
      auto weight = trim(part.substr(semicolon + 1));
      if (weight.starts_with("q=")) weight.remove_prefix(2);
      double value = 0;
      const auto [end, error] = std::from_chars(weight.data(), weight.data() + weight.size(), value);
      const bool valid = error == std::errc() && end == weight.data() + weight.size() && std::abs(value) < 1000;
      item.thousandths = valid ? static_cast<int>(std::lround(value * 1000)) : 0;
    }
    const auto after =
        std::find_if(out.begin(), out.end(), [&](const auto& o) { return o.thousandths < item.thousandths; });
    out.insert(after, std::move(item));
    if (part.size() == header.size()) return out;
    header.remove_prefix(part.size() + 1);
  }
}

bool accepts(std::string_view header, std::string_view compression) {
  const auto codings = acceptable_codings(header);
  const auto found = std::find_if(codings.begin(), codings.end(), [&](const Acceptable& item) {
    return item.coding == compression || item.coding == "*";
  });
  return found != codings.end() && found->thousandths > 0;
}

/// A server cannot be told to send what the check cannot decode.
void check_accept_encoding(const config::Mapping& section, const HttpSettings& settings,
                           const std::string& compression) {
  const auto secret = settings.header("Accept-Encoding");
  if (!secret || compression.empty()) return;
  const auto header = secret->reveal().value_or("");
  if (header.empty() || accepts(header, compression)) return;
  section.error("compression",
                fmt::format("invalid configuration \"Accept-Encoding: {}\", \"compression: {}\"", header, compression),
                "the header must accept the compression");
}

void read_body(config::Mapping& section, HttpSettings& out) {
  section.read("body", out.body);
  section.read("body_file", out.body_file);
  if (!out.body.empty() && !out.body_file.empty()) {
    section.error("body_file", "body and body_file exclude each other");
  }
  std::string compression;
  if (section.read("compression", compression)) {
    check_accept_encoding(section, out, compression);
    compression = lower_case(compression);
    if (compression == "gzip") {
      out.compression = Compression::kGzip;
    } else if (compression == "deflate") {
      out.compression = Compression::kDeflate;
    } else if (compression == "br") {
      out.compression = Compression::kBrotli;
    } else if (!compression.empty() && compression != "identity") {
      out.compression = Compression::kUnknown;
      section.late("compression", fmt::format("'{}' is not a known compression", compression),
                   "write gzip, deflate, br or identity");
    }
  }
  std::int64_t limit = 0;
  if (section.read_size("body_size_limit", limit) && limit > 0) out.body_size_limit = static_cast<std::uint64_t>(limit);
}

void read_redirects(config::Mapping& section, HttpSettings& out) {
  bool no_follow = false;
  if (section.read("no_follow_redirects", no_follow)) out.follow_redirects = !no_follow;
  constexpr std::int64_t kMaxRedirects = 50;
  std::int64_t max = out.max_redirects;
  section.read_integer("max_redirects", max, 0, kMaxRedirects);
  out.max_redirects = static_cast<int>(max);
}

void read_versions(config::Mapping& section, HttpSettings& out) {
  bool http3 = false;
  if (section.read("enable_http3", http3) && http3) {
    section.unusable("enable_http3", "HTTP/3 is not supported", "leave enable_http3 out");
    if (out.http2) section.error("enable_http3", "enable_http3 needs enable_http2: false");
  }
  if (!section.read("valid_http_versions", out.expect.http_versions)) return;
  for (const auto& version : out.expect.http_versions) {
    if (version == "HTTP/3.0" && !http3) section.error("valid_http_versions", "HTTP/3.0 needs enable_http3: true");
    if (http3 && (version == "HTTP/1.1" || version == "HTTP/2.0")) {
      section.error("valid_http_versions", version + " cannot come with enable_http3");
    }
  }
  constexpr std::array<std::string_view, 4> kVersions{"HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3.0"};
  for (const auto& version : out.expect.http_versions) {
    if (std::find(kVersions.begin(), kVersions.end(), version) != kVersions.end()) continue;
    section.warning("valid_http_versions", fmt::format("no response has the version '{}'", version),
                    fmt::format("write {}", fmt::join(kVersions, ", ")));
  }
}

void read_header_expectations(config::Mapping& section, std::string_view key, bool must_match, Expectations& out) {
  for (const auto& item : section.take_list(key)) {
    config::Mapping entry(item, fmt::format("{}.{}", section.path(), key), section.context());
    std::string header;
    std::optional<config::Pattern> pattern;
    bool allow_missing = false;
    entry.read("header", header);
    const bool has_pattern = entry.has("regexp");
    entry.read("regexp", pattern);
    entry.read("allow_missing", allow_missing);
    entry.finish();
    if (header.empty()) entry.error("header", "header is missing", "name the header to look at");
    if (!has_pattern || (pattern && pattern->text().empty())) entry.error("regexp", "regexp is missing or empty");
    if (!header.empty() && pattern) out.headers.push_back({header, *pattern, allow_missing, must_match});
  }
}

void read_program(config::Mapping& section, std::string_view key, std::optional<cel::Program>& out) {
  std::string text;
  if (!section.read(key, text)) return;
  auto program = cel::Program::compile(text, "body");
  if (program) {
    out = std::move(*program);
  } else {
    const auto& [at, message] = program.error();
    section.error(key, fmt::format("{}, at character {} of the CEL expression", message, at + 1),
                  "the JSON of the body is called body: body.status == 'ok'");
  }
}

void read_expectations(config::Mapping& section, Expectations& out) {
  section.read_integers("valid_status_codes", out.status_codes);
  for (const int code : out.status_codes) {
    if (code < 100 || code > 999) {
      section.warning("valid_status_codes", fmt::format("no response has the status {}", code));
    }
  }
  section.read("fail_if_ssl", out.fail_if_tls);
  section.read("fail_if_not_ssl", out.fail_if_not_tls);
  if (out.fail_if_tls && out.fail_if_not_tls) {
    section.warning("fail_if_ssl", "fail_if_ssl and fail_if_not_ssl are both set: every run fails");
  }
  section.read("fail_if_body_matches_regexp", out.body_must_not_match);
  section.read("fail_if_body_not_matches_regexp", out.body_must_match);
  read_header_expectations(section, "fail_if_header_matches", false, out);
  read_header_expectations(section, "fail_if_header_not_matches", true, out);
  read_program(section, "fail_if_body_json_matches_cel", out.json_must_not_match);
  read_program(section, "fail_if_body_json_not_matches_cel", out.json_must_match);
  out.days_left = decode_days_left(section);
  out.lines = language::decode_expectations(section, language::kHttpVocabulary);
}

}  // namespace

std::optional<config::Secret> HttpSettings::header(std::string_view name) const {
  for (const auto& [other, value] : headers) {
    if (same_ignoring_case(other, name)) return value;
  }
  return std::nullopt;
}

std::string HttpSettings::fixed_host() const {
  const auto host = header("Host");
  return host ? host->reveal().value_or("") : std::string();
}

void decode_added_headers(config::Mapping& section, std::string_view key, HttpSettings& out) {
  constexpr std::array<std::string_view, 18> kReserved{"Authorization",
                                                       "Host",
                                                       "Content-Encoding",
                                                       "Content-Length",
                                                       "Content-Type",
                                                       "User-Agent",
                                                       "Connection",
                                                       "Keep-Alive",
                                                       "Proxy-Authenticate",
                                                       "Proxy-Authorization",
                                                       "Www-Authenticate",
                                                       "Accept-Encoding",
                                                       "X-Prometheus-Remote-Write-Version",
                                                       "X-Prometheus-Remote-Read-Version",
                                                       "X-Prometheus-Scrape-Timeout-Seconds",
                                                       "X-Amz-Date",
                                                       "X-Amz-Security-Token",
                                                       "X-Amz-Content-Sha256"};
  auto headers = section.take_mapping(key);
  if (!headers) return;
  for (const auto& [name, value] : headers->take_all()) {
    const auto reserved = [&, n = std::string_view(name)](std::string_view other) {
      return same_ignoring_case(n, other);
    };
    if (!is_token(name)) {
      headers->error_at_key(name, fmt::format("'{}' is not the name of a header", name));
    } else if (std::any_of(kReserved.begin(), kReserved.end(), reserved)) {
      headers->error_at_key(name, fmt::format("{} cannot be set with {}", name, key),
                            key == "http_headers" ? "use headers: for it" : "");
    } else {
      config::Mapping entry(value, fmt::format("{}.<name>", headers->path()), section.context());
      read_values(entry, name, out);
    }
  }
}

void decode_client(config::Mapping& section, HttpSettings& out) {
  decode_added_headers(section, "http_headers", out);
  read_credentials(section, out);
  out.proxy = decode_proxy(section);
  section.read("follow_redirects", out.follow_redirects);
  section.read("enable_http2", out.http2);
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  out.tls = net::TlsClient(tls);
}

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<HttpSettings>();
  if (section.read("method", out->method) && !is_token(out->method)) {
    section.late("method", fmt::format("'{}' is not an HTTP method", out->method));
  }
  read_headers(section, *out);
  read_body(section, *out);
  decode_client(section, *out);
  read_redirects(section, *out);
  read_versions(section, *out);
  out->address = net::decode_address_settings(section);
  read_expectations(section, out->expect);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  const auto url = parse_url(target);
  if (!url) return url.error();
  return std::nullopt;
}

}  // namespace vedette::http
