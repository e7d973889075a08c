// HTTP against servers that misbehave: each fault has its own reason.

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tuple>

#include "checks/http/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

TEST_CASE("a plain answer passes with all phases and families") {
  const FaultServer server(says(ok("hello", "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n")));
  const auto result = run(server);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.value_of(http::kHttpStatusCode) == 200);
  CHECK(result.value_of(http::kHttpVersion) == 1.1);
  CHECK(result.value_of(http::kHttpContentLength) == 5);
  CHECK(result.value_of(http::kHttpUncompressedBodyLength) == 5);
  CHECK(result.value_of(http::kHttpLastModified) == 1445412480);
  CHECK(result.value_of(kSuccess) == 1);
  for (const auto phase : {Phase::kResolve, Phase::kConnect, Phase::kProcessing}) CHECK(result.total_of(phase) > 0ns);
}

TEST_CASE("processing time is what the server took, by the kernel's stamps") {
  const FaultServer server([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    ::usleep(150000);
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    ::usleep(100000);
    peer.write("56789");
  });
  const auto result = run(server);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.total_of(Phase::kProcessing) >= 150ms);
  CHECK(result.total_of(Phase::kTransfer) >= 95ms);
  CHECK(result.overhead >= 0ns);
}

TEST_CASE("connecting to a closed port is refused") {
  const auto result = run_check(yaml(fmt::format("http://127.0.0.1:{}/", closed_port())));
  CHECK(result.reason == Reason::kConnectRefused);
  CHECK(result.verdict == Verdict::kFail);
  CHECK(result.value_of(http::kHttpStatusCode) == 0);
}

TEST_CASE("a stall in any phase is a timeout in that phase, at the deadline") {
  const Authority authority;
  const auto context = server_context(authority.issue());
  const TemporaryFile ca(authority.certificate());
  struct Stall {
    FaultServer::Behaviour behaviour;
    std::string scheme;
    Reason reason;
  };
  const std::vector<Stall> stalls{
      {[](Peer& peer) { peer.stall(); }, "http", Reason::kTimeoutProcessing},
      {[](Peer& peer) { peer.stall(); }, "https", Reason::kTimeoutTls},
      {[&](Peer& peer) {
         peer.accept_tls(context.get());
         peer.stall();
       },
       "https", Reason::kTimeoutProcessing},
      {[](Peer& peer) {
         peer.read_until("\r\n\r\n");
         peer.write("HTTP/1.1 200 OK\r\nContent-Le");
         peer.stall();
       },
       "http", Reason::kTimeoutTransfer},
      {[](Peer& peer) {
         peer.read_until("\r\n\r\n");
         peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
         peer.stall();
       },
       "http", Reason::kTimeoutTransfer},
  };
  for (const auto& stall : stalls) {
    const FaultServer server(stall.behaviour);
    const auto timed = run_timed(
        yaml(stall.scheme + "://" + server.address() + "/", "tls_config: {ca_file: " + ca.path() + "}", "1s"));
    INFO(name_of(timed.result.reason));
    CHECK(timed.result.reason == stall.reason);
    CHECK(timed.result.duration >= 290ms);
    CHECK(timed.took >= 290ms);
  }
}

TEST_CASE("a drip that would last for ever ends at the deadline") {
  const FaultServer server([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.write("x")) ::usleep(20000);
  });
  CHECK(run_check(yaml("http://" + server.address() + "/", "", "300ms")).reason == Reason::kTimeoutTransfer);
}

TEST_CASE("a SYN that nobody answers is a timeout while connecting") {
  // A listener whose backlog is full drops what comes.
  const FaultServer server([](Peer& peer) { peer.stall(); });
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    std::ignore = ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ::usleep(50000);
  const auto result = run_check(yaml(fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port)), "", "300ms"));
  CHECK(result.reason == Reason::kTimeoutConnect);
  for (const int fd : fillers) ::close(fd);
  ::close(listener);
}

TEST_CASE("a reset in any phase is a reset in that phase") {
  const FaultServer before([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.reset();
  });
  CHECK(run(before).reason == Reason::kResetProcessing);
  const FaultServer during([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc");
    ::usleep(50000);
    peer.reset();
  });
  CHECK(run(during).reason == Reason::kResetTransfer);
  const FaultServer tls([](Peer& peer) {
    peer.read_bytes(20);
    peer.reset();
  });
  CHECK(run_check(yaml("https://" + tls.address() + "/")).reason == Reason::kResetTls);
}

TEST_CASE("closing early is told apart from a reset") {
  const FaultServer silent([](Peer& peer) { peer.read_until("\r\n\r\n"); });
  CHECK(run(silent).reason == Reason::kClosedProcessing);
  const FaultServer truncated(says("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"));
  CHECK(run(truncated).reason == Reason::kClosedTransfer);
  const FaultServer chunked(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"));
  CHECK(run(chunked).reason == Reason::kClosedTransfer);
  const FaultServer tls([](Peer& peer) { peer.read_record(); });
  CHECK(run_check(yaml("https://" + tls.address() + "/")).reason == Reason::kClosedTls);
}

TEST_CASE("what is not HTTP is a protocol error") {
  const FaultServer garbage(says("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  CHECK(run(garbage).reason == Reason::kHttpProtocol);
  const FaultServer chunks(says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"));
  CHECK(run(chunks).reason == Reason::kHttpProtocol);
}

TEST_CASE("what is not HTTP is known by its first bytes, without waiting for more") {
  const FaultServer banner([](Peer& peer) {
    peer.write("220 mail.example ESMTP\r\n");
    peer.stall();
  });
  const auto result = run(banner);
  CHECK(result.reason == Reason::kHttpProtocol);
  CHECK(result.message.find("220 mail.example") != std::string::npos);
}

TEST_CASE("servers of every manner are understood") {
  struct Manner {
    std::string name;
    std::string response;
    std::string body;
  };
  const std::vector<Manner> manners{
      {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "hello"},
      {"no reason phrase", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "hello"},
      {"HTTP/1.0, until the end", "HTTP/1.0 200 OK\r\n\r\nhello", "hello"},
      {"chunks and trailers",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX-T: z\r\n\r\n", "hello"},
      {"interim responses",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
       "hello"},
      {"nothing at all", "HTTP/1.1 204 No Content\r\n\r\n", ""},
  };
  for (const auto& manner : manners) {
    INFO(manner.name);
    const FaultServer at_once(says(manner.response));
    const auto result = run(at_once);
    CHECK(result.message.empty());
    CHECK(result.verdict == Verdict::kPass);
    CHECK(result.value_of(http::kHttpUncompressedBodyLength) == static_cast<double>(manner.body.size()));
    // The same a byte at a time, cut wherever it can be.
    const FaultServer slowly([&](Peer& peer) {
      peer.read_until("\r\n\r\n");
      for (const char c : manner.response) {
        peer.write({&c, 1});
        ::usleep(300);
      }
    });
    const auto same = run(slowly);
    CHECK(same.message.empty());
    CHECK(same.verdict == Verdict::kPass);
    CHECK(same.value_of(http::kHttpUncompressedBodyLength) == static_cast<double>(manner.body.size()));
  }
}

TEST_CASE("an answer counts that comes before all of the request was taken") {
  const FaultServer server([](Peer& peer) {
    peer.read_bytes(100);
    peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    peer.stall();
  });
  const TemporaryFile body(std::string(std::size_t{3} << 20, 'x'));
  const auto result =
      run_check(yaml("http://" + server.address() + "/", "method: POST, body_file: " + body.path(), "5s"));
  CHECK(result.value_of(http::kHttpStatusCode) == 413);
}

TEST_CASE("plain text on a TLS port is a failed handshake") {
  const FaultServer server([](Peer& peer) {
    peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.read_bytes(1000);
  });
  CHECK(run_check(yaml("https://" + server.address() + "/")).reason == Reason::kTlsHandshake);
}

TEST_CASE("headers without end are cut off") {
  const FaultServer server([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\n");
    while (peer.write("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  CHECK(run(server).reason == Reason::kHttpHeadersTooLarge);
}

TEST_CASE("an unexpected status fails with what was expected") {
  const FaultServer server(says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"));
  const auto result = run(server);
  CHECK(result.reason == Reason::kHttpStatus);
  CHECK(result.message == "status 503, expected 200 to 299");
  CHECK(result.evidence.excerpt == "busy");
  CHECK(result.value_of(http::kHttpStatusCode) == 503);
  CHECK(run(server, "valid_status_codes: [503]").verdict == Verdict::kPass);
}
