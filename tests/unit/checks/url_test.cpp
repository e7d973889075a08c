#include "checks/http/url.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::http;

TEST_CASE("blanks and letters beyond ASCII are percent-encoded, but for the host") {
  CHECK(parse_url("http://x/a b?c d")->path == "/a%20b?c%20d");
  CHECK(parse_url("http://x/\xc3\xa4|")->path == "/%C3%A4%7C");
  CHECK(resolve_location(*parse_url("http://x/"), "/a b")->path == "/a%20b");
}

TEST_CASE("URLs are taken apart") {
  const auto url = *parse_url("https://User:p%40ss@Example.org:8443/a%20b?q=1#part");
  CHECK(url.secure);
  CHECK(url.host == "example.org");
  CHECK(url.port == 8443);
  CHECK(url.path == "/a%20b?q=1");
  CHECK(url.user == "User");
  CHECK(url.password == "p@ss");
  CHECK(url.text() == "https://example.org:8443/a%20b?q=1");
}

TEST_CASE("a target without a scheme is http") {
  CHECK(parse_url("example.org")->text() == "http://example.org/");
  CHECK(parse_url("example.org:8080/x")->port == 8080);
  CHECK(parse_url("[::1]:8080")->authority() == "[::1]:8080");
}

TEST_CASE("what is no URL says why") {
  for (const auto* text : {"ftp://example.org", "http://", "http://exa mple.org", "http://a:99999", "http://a:0/",
                           "http://a%0d%0ab/", "r@r@", "http://a%20b/", "http://ex\xc3\xa4mple.org"}) {
    INFO(text);
    CHECK_FALSE(parse_url(text));
  }
}

TEST_CASE("redirects are resolved against the page") {
  const auto base = *parse_url("https://example.org/dir/page?x=1");
  CHECK(resolve_location(base, "/login")->text() == "https://example.org/login");
  CHECK(resolve_location(base, "other")->text() == "https://example.org/dir/other");
  CHECK(resolve_location(base, "//cdn.example/x")->text() == "https://cdn.example/x");
  CHECK(resolve_location(base, "http://a.example:81/")->text() == "http://a.example:81/");
  CHECK_FALSE(resolve_location(base, "javascript:alert(1)"));
  CHECK_FALSE(resolve_location(base, "http://["));
}
