// Cookies of hostile servers.
//
// Input: a line with the URL that sets them, a line with the URL that gets them, and a Set-Cookie header a line.

#include "checks/http/cookie_jar.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;

bool is_trusted(const http::Url& url) {
  return url.secure || url.host == "localhost" || url.host == "127.0.0.1";
}

/// Whether a cookie can be written as fields that tabs set apart.
bool is_plain(const http::Cookie& cookie) {
  return (cookie.name + cookie.value + cookie.path + cookie.domain).find('\t') == std::string::npos;
}

http::CookieJar written_and_read(const http::CookieJar& jar) {
  http::CookieJar out;
  const auto lines = jar.lines();
  Input input(lines);
  while (!input.empty()) require(out.add_line(input.until("\n")), "a line of a cookie cannot be read again");
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxCookies = 1000;
  Input input(data, size);
  const auto from = http::parse_url(input.until("\n"));
  const auto to = http::parse_url(input.until("\n"));
  if (!from || !to || from->host.starts_with('.')) return 0;
  net::Headers headers;
  while (!input.empty()) headers.emplace_back("Set-Cookie", input.until("\n"));
  http::CookieJar jar;
  jar.take(*from, headers);
  require(jar.cookies().size() <= kMaxCookies, "the jar has no bound");
  bool plain = true;
  for (const auto& cookie : jar.cookies()) {
    plain = plain && is_plain(cookie);
    require(!cookie.secure || is_trusted(*from), "a secure cookie came over a connection that is not");
    const bool same_site = from->host == cookie.domain || from->host.ends_with("." + cookie.domain);
    require(same_site, "a cookie is for a host of others");
  }
  const auto sent = jar.header_for(*to);
  require(sent.find('\n') == std::string::npos, "a cookie breaks the line");
  if (!plain) return 0;
  const auto again = written_and_read(jar).header_for(*to);
  // A cookie may have expired meanwhile.
  require(again == sent || again == jar.header_for(*to), "a jar that was written and read gives other cookies");
  return 0;
}
