// What requests of a session have beside those of single checks: cookies, digests, signatures, netrc.

#include "checks/http/cookie_jar.hpp"
#include "checks/http/digest_auth.hpp"
#include "checks/http/netrc.hpp"
#include "checks/http/sigv4.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::http;

namespace {

Url url(const char* text) {
  return *parse_url(text);
}

}  // namespace

TEST_CASE("cookies go where they belong") {
  CookieJar jar;
  jar.take(url("https://shop.example/a/b"), {{"Set-Cookie", "host=1"},
                                             {"Set-Cookie", "all=2; Domain=shop.example; Path=/"},
                                             {"Set-Cookie", "safe=3; Secure; Path=/"},
                                             {"Set-Cookie", "foreign=4; Domain=other.example"},
                                             {"Set-Cookie", "gone=5; Max-Age=0"},
                                             {"Set-Cookie", "nonsense"}});
  CHECK(jar.header_for(url("https://shop.example/a/c")) == "host=1; all=2; safe=3");
  CHECK(jar.header_for(url("http://shop.example/")) == "all=2");
  CHECK(jar.header_for(url("https://sub.shop.example/a/")) == "all=2");
  CHECK(jar.header_for(url("https://notshop.example/a/")).empty());
  CHECK(jar.header_for(url("https://shop.example/ab")) == "all=2; safe=3");
}

TEST_CASE("no cookie is set for a public suffix") {
  CookieJar jar;
  jar.take(url("https://shop.co.uk/"),
           {{"Set-Cookie", "a=1; Domain=co.uk"}, {"Set-Cookie", "b=2; Domain=.shop.co.uk"}});
  CHECK(jar.header_for(url("https://other.co.uk/")).empty());
  CHECK(jar.header_for(url("https://www.shop.co.uk/")) == "b=2");
  jar.take(url("https://github.io/"), {{"Set-Cookie", "c=3; Domain=github.io"}});
  CHECK(jar.header_for(url("https://github.io/")) == "c=3");
  CHECK(jar.header_for(url("https://me.github.io/")).empty());
}

TEST_CASE("a cookie is replaced, and ends when the server says so") {
  CookieJar jar;
  jar.take(url("http://a.example/"), {{"Set-Cookie", "x=1"}});
  jar.take(url("http://a.example/"), {{"Set-Cookie", "x=2; HttpOnly"}});
  CHECK(jar.header_for(url("http://a.example/")) == "x=2");
  jar.take(url("http://a.example/"), {{"Set-Cookie", "x=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}});
  CHECK(jar.header_for(url("http://a.example/")).empty());
}

TEST_CASE("cookies are read and written as curl does") {
  CookieJar jar;
  CHECK(jar.add_line("localhost\tFALSE\t/\tFALSE\t0\tcookie\tvalue"));
  CHECK(jar.add_line("localhost  FALSE   /   FALSE   0   cookie  value"));
  CHECK(jar.add_line("#HttpOnly_.shop.example\tTRUE\t/\tTRUE\t4102444800\ta\tb"));
  CHECK_FALSE(jar.add_line("# a comment"));
  CHECK_FALSE(jar.add_line("localhost\tFALSE"));
  CHECK(jar.header_for(url("http://localhost/")) == "cookie=value");
  CHECK(jar.lines().find("localhost\tFALSE\t/\tFALSE\t0\tcookie\tvalue") != std::string::npos);
  CookieJar again;
  const auto lines = jar.lines();
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    again.add_line(lines.substr(at, end - at));
    at = end + 1;
  }
  CHECK(again.cookies().size() == 2);
}

TEST_CASE("digests are those of RFC 7616, section 3.9.1") {
  const DigestRequest request{"GET", "/dir/index.html", "Mufasa", "Circle of Life",
                              "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};
  const std::string common =
      R"(realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", )"
      R"(opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";
  const auto sha = digest_authorization({"Digest " + common + ", algorithm=SHA-256"}, request);
  REQUIRE(sha);
  CHECK(sha->find("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1") != std::string::npos);
  const auto md5 = digest_authorization({"Digest " + common + ", algorithm=MD5"}, request);
  REQUIRE(md5);
  CHECK(md5->find("8ca523f5e9506fed4657c9700eebdbec") != std::string::npos);
  CHECK_FALSE(digest_authorization({"Basic realm=\"x\""}, request));
}

TEST_CASE("a digest protects what the server offers to protect, and nothing else") {
  DigestRequest request{"POST", "/", "u", "p", "c"};
  request.body = "hello";
  const auto answer = [&](const std::string& qop) {
    return digest_authorization({R"(Digest realm="r", nonce="n", qop=")" + qop + "\""}, request).value_or("none");
  };
  CHECK(answer("auth-int, auth").ends_with("qop=auth"));
  const auto whole = answer("auth-int");
  CHECK(whole.ends_with("qop=auth-int"));
  // md5(md5(u:r:p):n:00000001:c:auth-int:md5(POST:/:md5(hello)))
  CHECK(whole.find("response=\"f314dc9fbfda48788b806caf4f2cd254\"") != std::string::npos);
  CHECK(answer("auth-conf") == "none");
  CHECK(answer("").find("qop") == std::string::npos);
}

TEST_CASE("credentials come from netrc") {
  const std::string text = "machine a.example login me password \"p w\"\n# comment\ndefault login anyone password x\n";
  CHECK(netrc_entry(text, "a.example")->second == "p w");
  CHECK(netrc_entry(text, "b.example")->first == "anyone");
  CHECK_FALSE(netrc_entry("machine a.example login me password x\n", "b.example"));
}
