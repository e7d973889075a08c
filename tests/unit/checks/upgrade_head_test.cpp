#include "checks/websocket/upgrade_head.hpp"

#include "net/io/flood.hpp"
#include "tests/support/catch.hpp"

using vedette::Reason;
using vedette::websocket::UpgradeHead;

namespace {

/// The text for Beast, whatever pieces the answer comes in.
std::string text_of(const std::string& answer) {
  std::string out;
  for (std::size_t step = 1; step <= answer.size(); ++step) {
    UpgradeHead head;
    for (std::size_t at = 0; at < answer.size() && !head.whole(); at += step) {
      // What comes behind the head is read by whoever reads next.
      REQUIRE_FALSE(head.take(std::string_view(answer).substr(at, step)));
    }
    REQUIRE(head.whole());
    const auto fields = head.text().substr(0, head.text().find("\r\n\r\n") + 4);
    if (step == 1) out = fields;
    CHECK(fields == out);
  }
  return out;
}

}  // namespace

TEST_CASE("lines of a field are one list, and only fields of the upgrade are kept") {
  CHECK(text_of("HTTP/1.1 101 Switching Protocols\r\nConnection: keep-alive\r\nServer: x\r\nUPGRADE:websocket\r\n"
                "Connection:  Upgrade \r\nSec-WebSocket-Accept: abc=\r\nSet-Cookie: a=b\r\n\r\n") ==
        "HTTP/1.1 101 Switching Protocols\r\nconnection: keep-alive, Upgrade\r\nsec-websocket-accept: abc=\r\n"
        "upgrade: websocket\r\n\r\n");
}

TEST_CASE("interim answers before it are skipped, lines may end with a bare line feed") {
  CHECK(text_of("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\n\nHTTP/1.1 101 OK\nUpgrade: "
                "websocket\n\n") == "HTTP/1.1 101 OK\r\nupgrade: websocket\r\n\r\n");
}

TEST_CASE("of an answer that does not switch only the head is kept") {
  CHECK(text_of("HTTP/1.1 403\r\nContent-Length: 3\r\n\r\nabc") == "HTTP/1.1 403 \r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("frames behind the head stay") {
  UpgradeHead head;
  CHECK_FALSE(head.take("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n\r\n\x81\x02hi"));
  CHECK(head.text() == "HTTP/1.1 101 OK\r\nupgrade: websocket\r\n\r\n\x81\x02hi");
}

TEST_CASE("an answer without an end is bounded, and a bad header is named") {
  UpgradeHead endless;
  CHECK(endless.take("HTTP/1.1 101 OK\r\nX: " + std::string(70'000, 'x'))->reason == Reason::kHttpHeadersTooLarge);
  std::string interim;
  for (int i = 0; i <= vedette::net::kMaxInterimResponses; ++i) interim += "HTTP/1.1 103 x\r\n\r\n";
  UpgradeHead many;
  CHECK(many.take(interim)->reason == Reason::kPeerFlood);
  UpgradeHead bad;
  const auto problem = bad.take("HTTP/1.1 101 OK\r\nSet-Cookie: sid=a\x01z\r\n\r\n");
  REQUIRE(problem);
  CHECK(problem->reason == Reason::kHttpProtocol);
  CHECK(problem->message.find(R"(Set-Cookie holds a control character: 'sid=a\x01z')") != std::string::npos);
}

TEST_CASE("what is no HTTP is left to others") {
  UpgradeHead head;
  CHECK_FALSE(head.take("SSH-2.0-x\r\n"));
  CHECK(head.whole());
  CHECK(head.text() == "SSH-2.0-x\r\n");
}
