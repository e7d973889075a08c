// Who may know secrets when an answer leads elsewhere: as Go's client for checks, as curl for the steps of scenarios.

#include <fmt/format.h>

#include <mutex>

#include "tests/support/catch.hpp"
#include "tests/support/fake_resolver.hpp"
#include "tests/support/http.hpp"

using namespace vedette;
using namespace vedette::testing;

namespace {

/// A server that is a.test and b.test: /to/HOST/PATH leads to http://HOST/PATH, with the status that ?STATUS says.
class TwoHosts {
 public:
  TwoHosts()
      : server_([this](Peer& peer) {
          auto head = peer.read_until("\r\n\r\n");
          if (head.find("Content-Length: 4") != std::string::npos) head += peer.read_bytes(4);
          const auto path = head.substr(head.find(' ') + 1, head.find(" HTTP") - head.find(' ') - 1);
          {
            const std::lock_guard lock(mutex_);
            seen_.push_back(std::move(head));
          }
          peer.write(answer_to(path));
        }) {}

  [[nodiscard]] std::string url(const std::string& host, const std::string& path) const {
    return fmt::format("http://{}:{}{}", host, server_.port(), path);
  }

  /// The requests that a run of the check makes.
  std::vector<std::string> requests(const std::string& yaml) {
    {
      const std::lock_guard lock(mutex_);
      seen_.clear();
    }
    const auto result = run_check(make_check(yaml), FakeResolver::on_loopback({"a.test", "b.test"}));
    INFO(yaml << ": " << result.message);
    CHECK(result.verdict == Verdict::kPass);
    const std::lock_guard lock(mutex_);
    return seen_;
  }

  std::vector<std::string> of_check(const std::string& path, const std::string& settings,
                                    const std::string& userinfo = "") {
    return requests(
        fmt::format("{{name: t, kind: http, target: '{}', http: {{{}}}}}", url(userinfo + "a.test", path), settings));
  }
  std::vector<std::string> of_step(const std::string& path, const std::string& settings,
                                   const std::string& userinfo = "") {
    return requests(
        fmt::format("{{name: t, kind: scenario, scenario: {{inline: {{steps: [{{id: s, http: {{url: '{}', "
                    "follow: 5, {}}}}}]}}}}}}",
                    url(userinfo + "a.test", path), settings));
  }

 private:
  [[nodiscard]] std::string answer_to(const std::string& path) const {
    if (!path.starts_with("/to/")) return ok("end");
    const auto host = path.substr(4, 6);
    const auto question = path.find('?');
    const auto status = question == std::string::npos ? "302" : path.substr(question + 1);
    return fmt::format(
        "HTTP/1.1 {} Elsewhere\r\nLocation: {}\r\nSet-Cookie: from{}=1; Path=/\r\nContent-Length: 0\r\n\r\n", status,
        url(host, path.substr(10, question - 10)), path.size());
  }

  std::mutex mutex_;
  std::vector<std::string> seen_;
  FaultServer server_;  // the last: its threads use the others
};

bool has(const std::string& request, const std::string& line) {
  return request.find("\r\n" + line) != std::string::npos;
}

}  // namespace

TEST_CASE("a check's credentials go to its own host only, and there again") {
  TwoHosts hosts;
  for (const auto* settings : {"basic_auth: {username: u, password: p}", "headers: {Authorization: Basic dTpw}"}) {
    const auto seen = hosts.of_check("/to/b.test/to/a.test/end", settings);
    REQUIRE(seen.size() == 3);
    CHECK(has(seen[0], "Authorization: Basic dTpw"));
    CHECK_FALSE(has(seen[1], "Authorization"));
    CHECK(has(seen[2], "Authorization: Basic dTpw"));
  }
  const auto cookies = hosts.of_check("/to/b.test/end", "headers: {Cookie: own=1, X-Other: stays, Host: c.test}");
  REQUIRE(cookies.size() == 2);
  CHECK(has(cookies[0], "Cookie: own=1"));
  CHECK(has(cookies[0], "Host: c.test"));
  CHECK_FALSE(has(cookies[1], "Cookie"));
  CHECK(has(cookies[1], "X-Other: stays"));
  CHECK(has(cookies[1], "Host: b.test:"));
  CHECK(has(cookies[1], "Referer: http://a.test:"));
}

TEST_CASE("a step's credentials do not come back to it behind another host") {
  TwoHosts hosts;
  for (const auto* settings : {"auth: {basic: {user: u, password: p}}", "headers: {Authorization: Basic dTpw}"}) {
    const auto seen = hosts.of_step("/to/b.test/to/a.test/end", settings);
    REQUIRE(seen.size() == 3);
    CHECK(has(seen[0], "Authorization: Basic dTpw"));
    CHECK_FALSE(has(seen[1], "Authorization"));
    CHECK_FALSE(has(seen[2], "Authorization"));
    CHECK_FALSE(has(seen[2], "Referer"));
  }
  const auto seen = hosts.of_step("/to/b.test/end", "headers: {X-Other: stays, Host: c.test}, cookies: {own: '1'}");
  REQUIRE(seen.size() == 2);
  CHECK(has(seen[0], "Cookie: own=1"));
  CHECK(has(seen[0], "Host: c.test"));
  CHECK_FALSE(has(seen[1], "Cookie"));
  CHECK(has(seen[1], "X-Other: stays"));
  CHECK(has(seen[1], "Host: b.test:"));
}

TEST_CASE("the user of a URL is asked for on its own host only") {
  TwoHosts hosts;
  for (const auto& seen :
       {hosts.of_check("/to/b.test/end", "", "u:p@"), hosts.of_step("/to/b.test/end", "reuse: false", "u:p@")}) {
    REQUIRE(seen.size() == 2);
    CHECK(has(seen[0], "Authorization: Basic dTpw"));
    CHECK_FALSE(has(seen[1], "Authorization"));
  }
}

TEST_CASE("cookies of answers go back to the host that set them") {
  TwoHosts hosts;
  for (const auto& seen :
       {hosts.of_check("/to/b.test/to/a.test/end", ""), hosts.of_step("/to/b.test/to/a.test/end", "reuse: false")}) {
    REQUIRE(seen.size() == 3);
    CHECK_FALSE(has(seen[1], "Cookie"));
    CHECK(has(seen[2], "Cookie: from24=1\r\n"));
  }
}

TEST_CASE("a check sends one Cookie header and one Referer, and says nothing of a body that it has dropped") {
  TwoHosts hosts;
  const auto seen =
      hosts.of_check("/to/a.test/end",
                     "method: POST, body: text, headers: {Cookie: 'own=1; from14=0', Referer: 'http://x/', "
                     "Content-Length: '4', Transfer-Encoding: chunked}");
  REQUIRE(seen.size() == 2);
  CHECK_FALSE(has(seen[0], "Transfer-Encoding"));
  CHECK(has(seen[0], "Content-Length: 4\r\n"));
  CHECK(has(seen[1], "Cookie: own=1; from14=1\r\n"));
  CHECK(seen[1].find("Cookie") == seen[1].rfind("Cookie"));
  CHECK(has(seen[1], "Referer: http://x/\r\n"));
  CHECK(seen[1].find("Referer") == seen[1].rfind("Referer"));
  CHECK_FALSE(has(seen[1], "Content-Length"));
}

TEST_CASE("307 and 308 send the body again, the others ask with GET") {
  TwoHosts hosts;
  for (const auto* status : {"301", "302", "303", "307", "308"}) {
    INFO(status);
    const bool again = std::string(status) > "303";
    const auto path = fmt::format("/to/a.test/end?{}", status);
    for (const auto& seen : {hosts.of_check(path, "method: POST, body: text"),
                             hosts.of_step(path, "method: POST, text: text, reuse: false")}) {
      REQUIRE(seen.size() == 2);
      CHECK(seen[0].starts_with("POST /"));
      CHECK(seen[1].starts_with(again ? "POST /" : "GET /"));
      CHECK(seen[1].ends_with("text") == again);
    }
  }
}

TEST_CASE("too many redirects, and those that lead nowhere, fail") {
  const FaultServer loop(says("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"));
  const FaultServer nowhere(says("HTTP/1.1 302 Found\r\nLocation: http://[x/\r\nContent-Length: 0\r\n\r\n"));
  const auto step = [](const FaultServer& server, const std::string& more) {
    return run_check(make_check(fmt::format(
        "{{name: t, kind: scenario, scenario: {{inline: {{steps: [{{id: s, http: {{url: 'http://{}/', {}}}}}]}}}}}}",
        server.address(), more)));
  };
  CHECK(run(loop).reason == Reason::kHttpRedirectLimit);
  CHECK(loop.connections() == 11);
  CHECK(run(loop, "follow_redirects: false, valid_status_codes: [302]").verdict == Verdict::kPass);
  CHECK(step(loop, "follow: 3").reason == Reason::kHttpRedirectLimit);
  CHECK(step(loop, "follow: 0").verdict == Verdict::kPass);
  CHECK(run(nowhere).reason == Reason::kHttpRedirectInvalid);
  CHECK(step(nowhere, "follow: 3").reason == Reason::kHttpRedirectInvalid);
}

TEST_CASE("a step whose host is not there over either family says so once") {
  const auto check = make_check(fmt::format(
      "{{name: t, kind: scenario, scenario: {{inline: {{steps: [{{id: s, http: {{url: 'http://a.test:{}/'}}}}]}}}}}}",
      closed_port()));
  CHECK(run_check(check, FakeResolver::on_loopback({"a.test"})).reason == Reason::kConnectRefused);
}

TEST_CASE("a name that is not known is the target's failure") {
  const auto check = make_check("{name: t, kind: http, target: 'http://c.test/'}");
  CHECK(run_check(check, FakeResolver::on_loopback({})).reason == Reason::kResolveNxdomain);
}
