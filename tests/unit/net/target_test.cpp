#include "net/addresses/target.hpp"

#include <boost/asio/ip/address.hpp>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "net/addresses/address.hpp"
#include "tests/support/catch.hpp"

using namespace vedette::net;

TEST_CASE("host and port are split") {
  CHECK(split_host_port("a.example:53", 0)->port == 53);
  CHECK(split_host_port("a.example", 443)->port == 443);
  CHECK(split_host_port("[2001:db8::1]:53", 0)->host == "2001:db8::1");
  CHECK(split_host_port("2001:db8::1", 53)->host == "2001:db8::1");
  for (const auto* text :
       {"", ":80", "a:", "a:0", "a:70000", "a:b", "[::1", "[x]:1", "a b:1", "a/b:1", "[::1]x", "a@b:1", "::%]::5"}) {
    INFO(text);
    CHECK_FALSE(split_host_port(text, 0));
  }
  CHECK_FALSE(split_host_port("a.example", 0));
}

TEST_CASE("IPv6 addresses are joined in brackets") {
  CHECK(join_host_port("::1", 80) == "[::1]:80");
  CHECK(join_host_port("a.example", 80) == "a.example:80");
}

TEST_CASE("address hashes are those of blackbox_exporter") {
  const auto hash = [](const char* text) { return address_hash(boost::asio::ip::make_address(text)); };
  CHECK(hash("127.0.0.1") == 3668918509U);
  CHECK(hash("::1") == 1751717746U);
  CHECK(hash("192.0.2.1") == 1969986452U);
  CHECK(hash("127.0.0.5") == 3601808033U);
}

TEST_CASE("markup is escaped, names are compared without case") {
  CHECK(vedette::escape_markup("<a href=\"x\">'&\x01\n") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;.\n");
  CHECK(vedette::same_ignoring_case("Content-Type", "content-TYPE"));
  CHECK_FALSE(vedette::same_ignoring_case("a", "ab"));
}

TEST_CASE("text from targets is made fit to be shown") {
  CHECK(vedette::printable("a\x01\xff\tb\r\n", 99) == "a..\tb\n");
  CHECK(vedette::printable("abcdef", 3) == "abc...");
  CHECK(vedette::valid_utf8("ok \xc3\xa4 \xff\xc3 \xed\xa0\x80") ==
        "ok \xc3\xa4 \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}
