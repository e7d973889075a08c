#include "checks/http/date.hpp"
#include "checks/net/http1_response.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("heads that only a strict parser refuses are put in order") {
  CHECK(net::normalized_head("HTTP/1.1 200 OK\r\nA: b\r\n\r\n") == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  CHECK(net::normalized_head("HTTP/1.1 200 OK\nA: b\n\n") == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  CHECK(net::normalized_head("HTTP/1.0 404\r\n\r\n") == "HTTP/1.0 404 \r\n\r\n");
  CHECK(net::normalized_head("HTTP/1.1 200 OK\r\nLONG: 12345\r\n\r\n") == "HTTP/1.1 200 OK\r\nLONG: 12345\r\n\r\n");
}

TEST_CASE("dates of HTTP in all three forms, and nothing else") {
  constexpr std::time_t kTime = 784111777;  // the example of RFC 9110
  CHECK(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == kTime);
  CHECK(http::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == kTime);
  CHECK(http::parse_http_date("Sun Nov  6 08:49:37 1994") == kTime);
  for (const char* text : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT and on"}) {
    INFO(text);
    CHECK_FALSE(http::parse_http_date(text));
  }
}
