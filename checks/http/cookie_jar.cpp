#include "checks/http/cookie_jar.hpp"

#include <fmt/format.h>
#include <libpsl.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/ascii.hpp"
#include "checks/http/date.hpp"
#include "net/addresses/target.hpp"

namespace vedette::http {

namespace {

constexpr std::size_t kMaxCookies = 300;
constexpr std::size_t kLongestCookie = 8192;

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Section 5.1.4.
std::string default_path(const Url& url) {
  const auto path = url.path.substr(0, url.path.find('?'));
  const auto slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

bool path_matches(const std::string& request, const std::string& cookie) {
  if (!request.starts_with(cookie)) return false;
  return request.size() == cookie.size() || cookie.ends_with('/') || request[cookie.size()] == '/';
}

bool domain_matches(const std::string& host, const std::string& domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.' &&
         !net::is_address(host);
}

/// Below which anybody may have a domain, such as co.uk (section 5.3, step 5).
bool is_public_suffix(const std::string& domain) {
  return psl_is_public_suffix2(psl_builtin(), domain.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
}

/// Expired cookies have 1: long ago.
std::int64_t expiry_of(std::string_view max_age, bool has_max_age, const std::string& expires) {
  if (has_max_age) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(max_age.data(), max_age.data() + max_age.size(), seconds);
    // Max-Age is cut so that the sum cannot overflow.
    constexpr std::int64_t kMaxLength = std::int64_t{10} * 366 * 24 * 60 * 60;
    if (error == std::errc::result_out_of_range) seconds = max_age.starts_with('-') ? 0 : kMaxLength;
    if (error != std::errc::invalid_argument && end == max_age.data() + max_age.size()) {
      return seconds <= 0 ? 1 : unix_now() + std::min(seconds, kMaxLength);
    }
  }
  if (expires.empty()) return 0;
  auto text = expires;
  // The old form has dashes.
  if (const auto comma = text.find(','); comma != std::string::npos)
    std::replace(text.begin() + static_cast<std::ptrdiff_t>(comma), text.end(), '-', ' ');
  const auto time = parse_http_date(text);
  return time ? std::max<std::int64_t>(1, *time) : 0;
}

}  // namespace

void CookieJar::put(Cookie cookie) {
  std::erase_if(cookies_, [&](const Cookie& other) {
    return other.name == cookie.name && other.domain == cookie.domain && other.path == cookie.path;
  });
  const bool expired = cookie.expires != 0 && cookie.expires <= unix_now();
  if (!expired && cookies_.size() < kMaxCookies) cookies_.push_back(std::move(cookie));
}

void CookieJar::take(const Url& url, const net::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!same_ignoring_case(name, "Set-Cookie") || value.size() > kLongestCookie) continue;
    std::string_view rest = value;
    const auto pair = rest.substr(0, rest.find(';'));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    Cookie cookie;
    cookie.name = trim(pair.substr(0, equals));
    cookie.value = trim(pair.substr(equals + 1));
    cookie.domain = url.host;
    cookie.path = default_path(url);
    std::string_view max_age;
    bool has_max_age = false;
    std::string expires;
    bool foreign = cookie.name.empty();
    rest.remove_prefix(pair.size());
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const auto part = rest.substr(0, rest.find(';'));
      const auto sign = part.find('=');
      const auto key = trim(part.substr(0, sign));
      const auto text = sign == std::string_view::npos ? std::string_view() : trim(part.substr(sign + 1));
      if (same_ignoring_case(key, "Domain") && !text.empty()) {
        cookie.domain = net::ascii_host(text.starts_with('.') ? text.substr(1) : text).value_or(std::string(text));
        cookie.subdomains = cookie.domain != url.host || !is_public_suffix(cookie.domain);
        foreign = foreign || !domain_matches(url.host, cookie.domain) ||
                  (cookie.domain != url.host && is_public_suffix(cookie.domain));
      } else if (same_ignoring_case(key, "Path") && text.starts_with('/')) {
        cookie.path = text;
      } else if (same_ignoring_case(key, "Max-Age")) {
        max_age = text;
        has_max_age = true;
      } else if (same_ignoring_case(key, "Expires")) {
        expires = text;
      } else if (same_ignoring_case(key, "Secure")) {
        cookie.secure = true;
      } else if (same_ignoring_case(key, "HttpOnly")) {
        cookie.http_only = true;
      }
      rest.remove_prefix(part.size());
    }
    // A host that is not secure cannot set a cookie that is.
    const bool trusted = url.secure || !cookie.secure || url.host == "localhost" || url.host == "127.0.0.1";
    if (foreign || !trusted) continue;
    cookie.expires = expiry_of(max_age, has_max_age, expires);
    put(std::move(cookie));
  }
}

std::string CookieJar::header_for(const Url& url) const {
  const auto path = url.path.substr(0, url.path.find('?'));
  std::vector<const Cookie*> found;
  for (const auto& cookie : cookies_) {
    const bool host = cookie.subdomains ? domain_matches(url.host, cookie.domain) : url.host == cookie.domain;
    const bool secure = !cookie.secure || url.secure || url.host == "localhost" || url.host == "127.0.0.1";
    const bool fresh = cookie.expires == 0 || cookie.expires > unix_now();
    if (host && secure && fresh && path_matches(path, cookie.path)) found.push_back(&cookie);
  }
  // Section 5.4: those with longer paths first.
  std::sort(found.begin(), found.end(), [](const Cookie* a, const Cookie* b) {
    return a->path.size() != b->path.size() ? a->path.size() > b->path.size() : a < b;
  });
  std::string out;
  for (const auto* cookie : found) out += fmt::format("{}{}={}", out.empty() ? "" : "; ", cookie->name, cookie->value);
  return out;
}

bool CookieJar::add_line(std::string_view line) {
  Cookie cookie;
  constexpr std::string_view kHttpOnly = "#HttpOnly_";
  if (line.starts_with(kHttpOnly)) {
    cookie.http_only = true;
    line.remove_prefix(kHttpOnly.size());
  }
  // People who write one by hand use blanks.
  const bool tabs = line.find('\t') != std::string_view::npos;
  std::vector<std::string> fields;
  for (const auto field : split(line, tabs ? '\t' : ' ')) {
    if (tabs || !field.empty()) fields.emplace_back(field);
  }
  constexpr std::size_t kFields = 7;
  // A value that is empty may be left out.
  if (fields.size() == kFields - 1) fields.emplace_back();
  if (fields.size() != kFields) return false;
  cookie.subdomains = fields[1] == "TRUE";
  cookie.domain = lower_case(fields[0].starts_with('.') ? fields[0].substr(1) : fields[0]);
  cookie.path = fields[2];
  cookie.secure = fields[3] == "TRUE";
  const auto& expires = fields[4];
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), cookie.expires);
  if (error != std::errc() || end != expires.data() + expires.size()) return false;
  cookie.name = fields[5];
  cookie.value = fields[6];
  put(std::move(cookie));
  return true;
}

std::string CookieJar::lines() const {
  std::string out;
  for (const auto& cookie : cookies_) {
    out += fmt::format("{}{}{}\t{}\t{}\t{}\t{}\t{}\t{}\n", cookie.http_only ? "#HttpOnly_" : "",
                       cookie.subdomains ? "." : "", cookie.domain, cookie.subdomains ? "TRUE" : "FALSE", cookie.path,
                       cookie.secure ? "TRUE" : "FALSE", cookie.expires, cookie.name, cookie.value);
  }
  return out;
}

}  // namespace vedette::http
