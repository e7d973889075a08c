// HTTP checks do what their settings say: requests, redirects, proxies, bodies, expectations, secrets.

#include <arpa/inet.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "checks/http/run.hpp"
#include "probe/web/gzip.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

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
  // Our own fault is not the proxy's either.
  const auto through = run(server, "source_ip_address: 192.0.2.55, proxy_url: 'http://" + server.address() + "'");
  CHECK(through.reason == Reason::kSourceAddress);
}

TEST_CASE("files that cannot be read are our own fault") {
  const FaultServer server(says(ok("x")));
  for (const auto* settings :
       {"body_file: /nonexistent/body", "basic_auth: {username: u, password_file: /nonexistent/pw}",
        "bearer_token_file: /nonexistent/t", "tls_config: {ca_file: /nonexistent/ca}",
        "tls_config: {cert_file: /nonexistent/cert, key_file: /nonexistent/key}"}) {
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
      run(server, fmt::format("proxy_url: 'http://{}', proxy_connect_header: {{X-P: [\"a\\nb\"]}}", server.address()));
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
