#include "checks/http/date.hpp"
#include "net/http/http1_head.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

std::string text_of(std::string_view head) {
  const auto normal = net::normalized_head(head);
  return normal ? normal->text : "refused: " + normal.error();
}

}  // namespace

TEST_CASE("heads that only a strict parser refuses are put in order") {
  CHECK(text_of("HTTP/1.1 200 OK\r\nA: b\r\n\r\n") == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  CHECK(text_of("HTTP/1.1 200 OK\nA: b\n\n") == "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  CHECK(text_of("HTTP/1.0 404\r\n\r\n") == "HTTP/1.0 404 \r\n\r\n");
  CHECK(text_of("HTTP/1.1 200 OK\r\nLONG: 12345\r\n\r\n") == "HTTP/1.1 200 OK\r\nLONG: 12345\r\n\r\n");
}

TEST_CASE("versions are told as they are, and parsed as the nearest that there is") {
  CHECK(net::normalized_head("HTTP/1.2 200 OK\r\n\r\n")->version == "1.2");
  CHECK(text_of("HTTP/1.2 200 OK\r\n\r\n") == "HTTP/1.1 200 OK\r\n\r\n");
  CHECK(text_of("HTTP/0.9 200 OK\r\n\r\n") == "HTTP/1.0 200 OK\r\n\r\n");
  CHECK(text_of("HTTP/x 200 OK\r\n\r\n") == "HTTP/x 200 OK\r\n\r\n");
}

TEST_CASE("chunks count for more than a length, and not in HTTP/1.0") {
  CHECK(text_of("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nTransfer-Encoding: Chunked\r\n\r\n") ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n");
  CHECK(text_of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == "HTTP/1.0 200 OK\r\n\r\n");
  for (const auto* coding : {"gzip", "identity", "gzip, chunked", "chunked\r\nTransfer-Encoding: chunked"}) {
    CHECK(text_of(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: ") + coding + "\r\n\r\n").starts_with("refused"));
  }
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
