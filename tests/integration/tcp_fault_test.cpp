// TCP dialogues against servers that say what they should, and do not.

#include <fmt/format.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

namespace {

Result talk(const FaultServer& server, const std::string& settings, const std::string& timeout = "5s") {
  return run_check(fmt::format("{{name: t, kind: tcp, target: '{}', timeout: {}, tcp: {{{}}}}}", server.address(),
                               timeout, settings));
}

}  // namespace

TEST_CASE("connecting is enough without a dialogue") {
  const FaultServer server([](Peer&) {});
  const auto result = talk(server, "");
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.total_of(Phase::kConnect) > 0ns);
}

TEST_CASE("a dialogue skips lines, captures and answers") {
  std::string answer;
  const FaultServer server([&](Peer& peer) {
    peer.write("NOTICE hello\r\nPING :tok");
    ::usleep(20000);
    peer.write("en42\r\n");
    answer = peer.read_until("\n");
    peer.write("\x01\x02");
    ::usleep(20000);
    peer.write("\x03");
  });
  const auto result = talk(server,
                           R"yaml(query_response: [{expect: "^PING :(?P<t>\\S+)", send: "PONG ${t} $1", 
      labels: [{name: token, value: "${t}"}]}, {expect_bytes: "\x01\x02\x03"}])yaml");
  INFO(result.message);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(answer == "PONG token42 token42\n");
  CHECK(result.evidence.facts.at("token") == "token42");
}

TEST_CASE("what is not said fails, by how it was not said") {
  const FaultServer other([](Peer& peer) { peer.write("500 no\n"); });
  CHECK(talk(other, "query_response: [{expect: '^220'}]").reason == Reason::kExpectMismatch);
  CHECK(talk(other, "query_response: [{expect_bytes: '220 ok!'}]").reason == Reason::kExpectMismatch);
  CHECK(talk(other, "query_response: [{expect_bytes: '500 no and more'}]").reason == Reason::kClosedDialogue);
  const FaultServer silent([](Peer& peer) { peer.stall(); });
  CHECK(talk(silent, "query_response: [{expect: '^220'}]", "200ms").reason == Reason::kTimeoutDialogue);
  const FaultServer endless([](Peer& peer) {
    while (peer.write(std::string(4096, 'x'))) {
    }
  });
  CHECK(talk(endless, "query_response: [{expect: '^220'}]").reason == Reason::kLineTooLong);
  const FaultServer reset([](Peer& peer) {
    ::usleep(20000);
    peer.reset();
  });
  CHECK(talk(reset, "query_response: [{expect: '^220'}]").reason == Reason::kResetDialogue);
}

TEST_CASE("TLS from the start and within the dialogue") {
  const Authority authority;
  const auto context = server_context(authority.issue());
  const TemporaryFile ca(authority.certificate());
  const auto trust = "tls_config: {ca_file: " + ca.path() + "}";
  const FaultServer secure([&](Peer& peer) {
    if (peer.accept_tls(context.get())) peer.write("220 ready\r\n");
    peer.read_bytes(1);
  });
  CHECK(talk(secure, "tls: true, query_response: [{expect: '^220'}], " + trust).verdict == Verdict::kPass);
  CHECK(talk(secure, "tls: true").reason == Reason::kTlsVerifyUnknownCa);
  const FaultServer upgrading([&](Peer& peer) {
    peer.write("220 smtp\r\n");
    peer.read_until("STARTTLS\n");
    peer.write("220 go\r\n");
    if (peer.accept_tls(context.get())) peer.write("250 secured\r\n");
    peer.read_bytes(1);
  });
  const auto result =
      talk(upgrading,
           "query_response: [{expect: '^220', send: STARTTLS}, {expect: '^220', starttls: true}, {expect: '^250'}], " +
               trust);
  INFO(result.message);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.total_of(Phase::kTls) > 0ns);
}
