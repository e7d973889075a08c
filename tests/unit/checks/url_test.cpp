#include "checks/http/url.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::http;

TEST_CASE("what curl and browsers send as it is goes out as it is") {
  for (const auto* path : {"/ok?f[]=1", "/[ok]", "/a{b}?c|d^e", "/ok?p=100%", "/ok?p=%zz", "/%"}) {
    CHECK(parse_url(std::string("http://x") + path)->path == path);
    CHECK(resolve_location(*parse_url("http://x/"), path)->path == path);
  }
  CHECK(parse_url("http://x/ok#!/a#b[1]")->path == "/ok");
  CHECK(parse_url("http://x?a=b/c")->path == "/?a=b/c");
  CHECK(parse_url("x/?u=http://y/")->text() == "http://x/?u=http://y/");
}

TEST_CASE("international names are written in ASCII, by the rules of IDNA 2008") {
  CHECK(parse_url("http://m\xc3\xbcnchen.example/\xc3\xbc")->text() == "http://xn--mnchen-3ya.example/%C3%BC");
  CHECK(parse_url("http://M\xc3\x9cNCHEN.example")->host == "xn--mnchen-3ya.example");
  CHECK(parse_url("http://fa\xc3\x9f.de")->host == "xn--fa-hia.de");
  CHECK(parse_url("http://m%C3%BCnchen.example")->host == "xn--mnchen-3ya.example");
  CHECK(resolve_location(*parse_url("https://x/"), "//m\xc3\xbcnchen.example/")->host == "xn--mnchen-3ya.example");
  CHECK_FALSE(parse_url("http://\xff\xfe.example"));
}

TEST_CASE("an address may have a zone, which no server is told") {
  for (const auto* text : {"http://[fe80::1%25eth0]:8080/", "http://[FE80::1%eth0]:8080"}) {
    const auto url = parse_url(text);
    REQUIRE(url);
    CHECK(url->host == "fe80::1%eth0");
    CHECK(url->authority() == "[fe80::1]:8080");
    CHECK(url->text() == "http://[fe80::1%25eth0]:8080/");
  }
}

TEST_CASE("a user and a password end at the last @") {
  const auto url = *parse_url("http://us er:p@ss:w%40rd@x/");
  CHECK(url.user == "us er");
  CHECK(url.password == "p@ss:w@rd");
  CHECK(url.host == "x");
}

TEST_CASE("blanks and letters beyond ASCII are percent-encoded, but for the host") {
  CHECK(parse_url("http://x/a b?c d")->path == "/a%20b?c%20d");
  CHECK(parse_url("http://x/\xc3\xa4|")->path == "/%C3%A4|");
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
                           "http://a%0d%0ab/", "r@r@", "http://a%20b/", "http://[::1", "http://[x]/", "http://a\n/",
                           "http://[::1]x/", "http://a:b:1/", "http://::1/", "http://a%25b/"}) {
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
