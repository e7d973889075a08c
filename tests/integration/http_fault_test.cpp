// HTTP against servers that misbehave: each fault has its own reason.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <tuple>

#include "checks/http/run.hpp"
#include "probe/gzip.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

namespace {

std::string yaml(const std::string& target, const std::string& settings = "", const std::string& timeout = "5s") {
  return fmt::format("{{name: t, kind: http, target: '{}', timeout: {}, http: {{{}}}}}", target, timeout, settings);
}

/// A server that reads the request and says `response`.
FaultServer::Behaviour says(std::string response) {
  return [response = std::move(response)](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write(response);
  };
}

std::string ok(const std::string& body, const std::string& headers = "") {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), headers, body);
}

Result run(const FaultServer& server, const std::string& settings = "", const std::string& path = "/") {
  return run_check(yaml("http://" + server.address() + path, settings));
}

}  // namespace

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

TEST_CASE("expectations on headers, body, version and TLS") {
  const FaultServer server(says(ok("state: ready", "X-Mode: live\r\nX-Mode: spare\r\n")));
  CHECK(run(server, "fail_if_body_not_matches_regexp: ['^state: \\w+$']").verdict == Verdict::kPass);
  const auto mismatch = run(server, "fail_if_body_not_matches_regexp: [stopped]");
  CHECK(mismatch.reason == Reason::kBodyMismatch);
  CHECK(mismatch.value_of(kFailedDueToRegex) == 1);
  CHECK(run(server, "fail_if_body_matches_regexp: [ready]").reason == Reason::kBodyMismatch);
  CHECK(run(server, "fail_if_header_matches: [{header: x-mode, regexp: spare}]").reason == Reason::kHttpHeader);
  CHECK(run(server, "fail_if_header_not_matches: [{header: X-Mode, regexp: '^live$'}]").verdict == Verdict::kPass);
  CHECK(run(server, "fail_if_header_not_matches: [{header: X-None, regexp: a}]").reason == Reason::kHttpHeader);
  CHECK(run(server, "fail_if_header_not_matches: [{header: X-None, regexp: a, allow_missing: true}]").verdict ==
        Verdict::kPass);
  CHECK(run(server, "valid_http_versions: [HTTP/2.0]").reason == Reason::kHttpVersion);
  CHECK(run(server, "valid_http_versions: [HTTP/1.1]").verdict == Verdict::kPass);
  CHECK(run(server, "fail_if_not_ssl: true").reason == Reason::kHttpTlsRequired);
}

TEST_CASE("the request holds what the settings say") {
  std::string seen;
  const FaultServer server([&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    if (seen.find("Content-Length: 7") != std::string::npos) seen += peer.read_bytes(7);
    peer.write(ok("x"));
  });
  CHECK(run(server,
            "method: PUT, body: payload, headers: {X-A: b, Content-Type: text/plain}, basic_auth: {username: u, "
            "password: p}",
            "/p?q=1")
            .verdict == Verdict::kPass);
  CHECK(seen.starts_with("PUT /p?q=1 HTTP/1.1\r\n"));
  for (const auto* line : {"Host: ", "X-A: b\r\n", "Content-Type: text/plain\r\n", "Authorization: Basic dTpw\r\n",
                           "Connection: close\r\n", "User-Agent: Vedette/"}) {
    INFO(line);
    CHECK(seen.find(line) != std::string::npos);
  }
  CHECK(seen.ends_with("payload"));
  CHECK(seen.find("Accept:") == std::string::npos);
  run(server,
      "bearer_token: tok, headers: {Host: other.example, User-Agent: me}, http_headers: {X-M: {values: [one, two]}}");
  for (const auto* line : {"Authorization: Bearer tok\r\n", "Host: other.example\r\n", "User-Agent: me\r\n",
                           "X-M: one\r\n", "X-M: two\r\n"}) {
    INFO(line);
    CHECK(seen.find(line) != std::string::npos);
  }
  const TemporaryFile body("payload");
  run(server, "method: POST, body_file: " + body.path());
  CHECK(seen.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  run(server, "method: HEAD");
  CHECK(seen.starts_with("HEAD / HTTP/1.1"));
}

TEST_CASE("redirects are followed hop by hop, on fresh connections") {
  std::vector<std::string> requests;
  const FaultServer server([&](Peer& peer) {
    const auto request = peer.read_until("\r\n\r\n");
    requests.push_back(request);
    if (request.find(" /end") != std::string::npos) {
      peer.write(ok("done"));
    } else {
      peer.write("HTTP/1.1 302 Found\r\nLocation: /end\r\nSet-Cookie: s=1; Path=/\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const auto result = run(server, "method: POST, body: x, basic_auth: {username: u, password: p}", "/start");
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.value_of(http::kHttpRedirects) == 1);
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].starts_with("GET /end"));
  CHECK(requests[1].find("Cookie: s=1\r\n") != std::string::npos);
  CHECK(requests[1].find("Authorization: Basic") != std::string::npos);
  CHECK(requests[1].find("Referer: http://") != std::string::npos);
  int second_hop = 0;
  for (const auto& part : result.phases) second_hop += part.hop == 1 ? 1 : 0;
  CHECK(second_hop == 4);
  const auto not_followed = run(server, "follow_redirects: false, valid_status_codes: [302]", "/start");
  CHECK(not_followed.verdict == Verdict::kPass);
  CHECK(not_followed.value_of(http::kHttpRedirects) == 1);
}

TEST_CASE("credentials do not follow a redirect to another host") {
  std::string seen;
  const FaultServer other([&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    peer.write(ok("x"));
  });
  const FaultServer server(
      says(fmt::format("HTTP/1.1 307 T\r\nLocation: http://localhost:{}/\r\nContent-Length: 0\r\n\r\n", other.port())));
  CHECK(run(server, "preferred_ip_protocol: ip4, basic_auth: {username: u, password: p}, headers: {Cookie: secret=1}")
            .verdict == Verdict::kPass);
  CHECK_FALSE(seen.empty());
  CHECK(seen.find("Authorization") == std::string::npos);
  CHECK(seen.find("secret") == std::string::npos);
}

TEST_CASE("redirects without end and to nowhere fail") {
  const FaultServer loop(says("HTTP/1.1 301 M\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"));
  CHECK(run(loop).reason == Reason::kHttpRedirectLimit);
  CHECK(loop.connections() == 11);
  CHECK(run(loop, "max_redirects: 2").reason == Reason::kHttpRedirectLimit);
  const FaultServer nowhere(says("HTTP/1.1 301 M\r\nLocation: gopher://x/\r\nContent-Length: 0\r\n\r\n"));
  CHECK(run(nowhere).reason == Reason::kHttpRedirectInvalid);
}

TEST_CASE("bodies are decoded and bounded") {
  const FaultServer zipped(says(ok(gzip("the answer"))));
  CHECK(run(zipped, "compression: gzip, fail_if_body_not_matches_regexp: [answer]").verdict == Verdict::kPass);
  CHECK(run(zipped, "compression: br").reason == Reason::kBodyDecode);
  const FaultServer bomb(says(ok(gzip(std::string(std::size_t{20} << 20, 'x')))));
  const auto result = run(bomb, "compression: gzip, body_size_limit: 1MB");
  CHECK(result.reason == Reason::kBodyTooLarge);
  CHECK(result.value_of(http::kHttpUncompressedBodyLength) == 1048576);
  const FaultServer large(says(ok(std::string(5000, 'x'))));
  CHECK(run(large, "body_size_limit: 5000B").verdict == Verdict::kPass);
  CHECK(run(large, "body_size_limit: 4999B").reason == Reason::kBodyTooLarge);
}

TEST_CASE("a proxy is asked for the whole URL, and its refusal is its own reason") {
  std::string seen;
  const FaultServer proxy([&](Peer& peer) {
    seen = peer.read_until("\r\n\r\n");
    peer.write(seen.starts_with("CONNECT") ? "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" : ok("via proxy"));
  });
  const auto through =
      fmt::format("proxy_url: 'http://u:p@{}', skip_resolve_phase_with_proxy: true, proxy_connect_header: {{X-P: [q]}}",
                  proxy.address());
  CHECK(run_check(yaml("http://shop.invalid/x", through)).verdict == Verdict::kPass);
  CHECK(seen.starts_with("GET http://shop.invalid/x HTTP/1.1\r\n"));
  CHECK(seen.find("Proxy-Authorization: Basic") != std::string::npos);
  CHECK(run_check(yaml("https://shop.invalid/x", through)).reason == Reason::kHttpProxy);
  CHECK(seen.starts_with("CONNECT shop.invalid:443"));
  CHECK(seen.find("X-P: q\r\n") != std::string::npos);
  CHECK(run_check(
            yaml("http://shop.invalid/",
                 fmt::format("proxy_url: 'http://127.0.0.1:{}', skip_resolve_phase_with_proxy: true", closed_port())))
            .reason == Reason::kHttpProxy);
}

TEST_CASE("the source address is used, or its fault is ours") {
  std::string peer_address;
  const FaultServer server([&](Peer& peer) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    ::getpeername(peer.fd(), reinterpret_cast<sockaddr*>(&from), &size);
    peer_address = std::to_string(ntohl(from.sin_addr.s_addr) & 0xffU);
    peer.read_until("\r\n\r\n");
    peer.write(ok("x"));
  });
  CHECK(run(server, "source_ip_address: 127.0.0.9").verdict == Verdict::kPass);
  CHECK(peer_address == "9");
  const auto foreign = run(server, "source_ip_address: 192.0.2.55");
  CHECK(foreign.verdict == Verdict::kUnknown);
  CHECK(foreign.reason == Reason::kSourceAddress);
}

TEST_CASE("files that cannot be read are our own fault") {
  const FaultServer server(says(ok("x")));
  for (const auto* settings :
       {"body_file: /nonexistent/body", "basic_auth: {username: u, password_file: /nonexistent/pw}",
        "bearer_token_file: /nonexistent/t"}) {
    const auto result = run(server, settings);
    INFO(settings);
    CHECK(result.reason == Reason::kLocalFile);
    CHECK(result.verdict == Verdict::kUnknown);
  }
  CHECK(run_check(yaml("https://" + server.address() + "/", "tls_config: {ca_file: /nonexistent/ca}")).reason ==
        Reason::kLocalFile);
}

TEST_CASE("a line break in a secret is no way to send another header") {
  const FaultServer server(says(ok("x")));
  const TemporaryFile token("one\r\nX-Evil: two");
  const auto result = run(server, "bearer_token_file: " + token.path());
  CHECK(result.reason == Reason::kLocalFile);
  CHECK(result.verdict == Verdict::kUnknown);
  CHECK(result.message == "the value of the header Authorization holds a line break");
  const auto through =
      run(server, fmt::format("proxy_url: 'http://{}', proxy_connect_header: {{X-P: \"a\\nb\"}}", server.address()));
  CHECK(through.reason == Reason::kLocalFile);
  CHECK(server.connections() == 0);
}

TEST_CASE("secrets do not appear in evidence, even when the target echoes them") {
  const FaultServer server([](Peer& peer) {
    const auto request = peer.read_until("\r\n\r\n");
    peer.write(
        fmt::format("HTTP/1.1 500 No\r\nX-Echo: canary-token-1\r\nSet-Cookie: session=canary-cookie\r\nContent-Length: "
                    "{}\r\n\r\n{}",
                    request.size(), request));
  });
  const auto result =
      run(server, "basic_auth: {username: user, password: canary-password}, headers: {X-Api-Key: canary-token-1}");
  const auto text = fmt::format("{} {} {}", boost::json::serialize(result.evidence.facts), result.evidence.excerpt,
                                fmt::join(result.evidence.log, "\n"));
  CHECK(text.find("GET /") != std::string::npos);
  CHECK(text.find("canary") == std::string::npos);
  CHECK(text.find("dXNlcjpjYW5hcnktcGFzc3dvcmQ=") == std::string::npos);
}
