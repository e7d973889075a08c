// DNS against servers that answer wrongly.

#include <fmt/format.h>

#include "checks/dns/message.hpp"
#include "checks/dns/run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Result ask(const std::string& address, const std::string& settings = "", const std::string& timeout = "1s") {
  return run_check(fmt::format(
      "{{name: t, kind: dns, target: '{}', timeout: {}, dns: {{query_name: www.example, query_type: A{}}}}}", address,
      timeout, settings.empty() ? "" : ", " + settings));
}

/// The query turned into a reply with `rcode` and one A record.
std::string reply_to(const std::string& query, int rcode = 0, bool truncated = false) {
  auto out = query;
  out[2] = static_cast<char>((truncated ? 0x82 : 0x80) | (query[2] & 0x01));
  out[3] = static_cast<char>(0x80 | rcode);
  if (truncated) return out;
  out[7] = 1;
  return out + "\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xc0\x00\x02\x01"s;
}

}  // namespace

TEST_CASE("a good answer passes with its records and flags") {
  const DatagramServer server([](const std::string& query) { return std::vector{reply_to(query)}; });
  const auto result =
      ask(server.address(), "validate_answer_rrs: {fail_if_not_matches_regexp: ['A\\t192\\.0\\.2\\.1$']}");
  INFO(result.message);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.value_of(dns::kDnsAnswerRrs) == 1);
  CHECK(result.value_of(dns::kDnsQuerySucceeded) == 1);
  const auto& facts = result.evidence.facts;
  CHECK(facts.at("rcode") == "NOERROR");
  CHECK(facts.at("flags").as_object().at("ra") == true);
  CHECK(facts.at("answer").as_array()[0].as_string() == "www.example.\t300\tIN\tA\t192.0.2.1");
  CHECK(result.total_of(Phase::kRequest) > 0ns);
}

TEST_CASE("silence is a timeout, a closed port is refused") {
  const DatagramServer silent([](const std::string&) { return std::vector<std::string>{}; });
  const auto result = ask(silent.address());
  CHECK(result.reason == Reason::kTimeoutRequest);
  CHECK(result.duration >= 290ms);
  CHECK(ask(fmt::format("127.0.0.1:{}", closed_port())).reason == Reason::kConnectRefused);
  CHECK(ask(fmt::format("127.0.0.1:{}", closed_port()), "transport_protocol: tcp").reason == Reason::kConnectRefused);
}

TEST_CASE("replies with a wrong id or question are not ours") {
  const DatagramServer wrong_id([](const std::string& query) {
    auto reply = reply_to(query);
    reply[0] = static_cast<char>(reply[0] + 1);
    return std::vector{reply};
  });
  CHECK(ask(wrong_id.address()).reason == Reason::kDnsWrongId);
  const DatagramServer wrong_question([](const std::string& query) {
    const dns::Question other{"evil.example.", 1, 1};
    const auto id =
        static_cast<std::uint16_t>(static_cast<unsigned char>(query[0]) << 8U | static_cast<unsigned char>(query[1]));
    return std::vector{reply_to(*dns::build_query(other, {}, id))};
  });
  CHECK(ask(wrong_question.address()).reason == Reason::kDnsWrongQuestion);
  // A forged reply does not keep the right one from counting.
  const DatagramServer forged([](const std::string& query) {
    auto wrong = reply_to(query);
    wrong[0] = static_cast<char>(wrong[0] + 1);
    return std::vector{wrong, reply_to(query)};
  });
  CHECK(ask(forged.address()).verdict == Verdict::kPass);
}

TEST_CASE("a flood of wrong replies leaves one line") {
  const DatagramServer flood([](const std::string& query) {
    auto wrong = reply_to(query);
    wrong[0] = static_cast<char>(wrong[0] + 1);
    return std::vector<std::string>(500, wrong);
  });
  const auto result = ask(flood.address());
  CHECK(result.reason == Reason::kDnsWrongId);
  CHECK(result.evidence.log.size() < 10);
}

TEST_CASE("a message that cannot be read is malformed") {
  const DatagramServer server(
      [](const std::string& query) { return std::vector{query.substr(0, 12) + "\xc0\xff\xff"}; });
  CHECK(ask(server.address()).reason == Reason::kDnsMalformed);
}

TEST_CASE("return codes are compared with those expected") {
  const DatagramServer server([](const std::string& query) { return std::vector{reply_to(query, 3)}; });
  const auto result = ask(server.address());
  CHECK(result.reason == Reason::kDnsRcode);
  CHECK(result.message == "return code NXDOMAIN, expected NOERROR");
  CHECK(ask(server.address(), "valid_rcodes: [NXDOMAIN]").verdict == Verdict::kPass);
}

TEST_CASE("expectations on the sections have their own reasons") {
  const DatagramServer server([](const std::string& query) { return std::vector{reply_to(query)}; });
  CHECK(ask(server.address(), "validate_answer_rrs: {fail_if_matches_regexp: ['192']}").reason == Reason::kDnsAnswer);
  CHECK(ask(server.address(), "validate_authority_rrs: {fail_if_not_matches_regexp: [x]}").reason ==
        Reason::kDnsAuthority);
  CHECK(ask(server.address(), "validate_additional_rrs: {fail_if_none_matches_regexp: [x]}").reason ==
        Reason::kDnsAdditional);
}

TEST_CASE("a truncated reply passes, fails or is asked for again, as the settings say") {
  const FaultServer tcp([](Peer& peer) {
    const auto size = peer.read_bytes(2);
    const auto query = peer.read_bytes(static_cast<unsigned char>(size[1]));
    const auto reply = reply_to(query);
    peer.write("\0"s + static_cast<char>(reply.size()) + reply);
  });
  const DatagramServer udp([](const std::string& query) { return std::vector{reply_to(query, 0, true)}; });
  CHECK(ask(udp.address()).verdict == Verdict::kPass);
  CHECK(ask(udp.address(), "fail_if_truncated: true").reason == Reason::kDnsTruncated);
  // The same port over TCP belongs to nobody here.
  CHECK(ask(udp.address(), "retry_over_tcp: true").reason == Reason::kConnectRefused);
  CHECK(ask(tcp.address(), "transport_protocol: tcp").verdict == Verdict::kPass);
}

TEST_CASE("TCP servers that stall, close or cut the reply") {
  const FaultServer stalled([](Peer& peer) { peer.stall(); });
  CHECK(ask(stalled.address(), "transport_protocol: tcp").reason == Reason::kTimeoutRequest);
  const FaultServer closed([](Peer& peer) { peer.read_bytes(10); });
  const auto reason = ask(closed.address(), "transport_protocol: tcp").reason;
  CHECK((reason == Reason::kClosedRequest || reason == Reason::kResetRequest));
  const FaultServer cut([](Peer& peer) {
    const auto size = peer.read_bytes(2);
    peer.read_bytes(static_cast<unsigned char>(size[1]));
    peer.write("\x01\x00"s + "abc");
  });
  CHECK(ask(cut.address(), "transport_protocol: tcp").reason == Reason::kClosedRequest);
}

TEST_CASE("DNS over TLS verifies the server") {
  const Authority authority;
  const auto context = server_context(authority.issue());
  const TemporaryFile ca(authority.certificate());
  const FaultServer server([&](Peer& peer) {
    if (!peer.accept_tls(context.get())) return;
    const auto size = peer.read_bytes(2);
    const auto reply = reply_to(peer.read_bytes(static_cast<unsigned char>(size[1])));
    peer.write("\0"s + static_cast<char>(reply.size()) + reply);
  });
  const auto over_tls = "transport_protocol: tcp, dns_over_tls: true, tls_config: {ca_file: " + ca.path() + "}";
  const auto result = ask(server.address(), over_tls, "5s");
  INFO(result.message);
  CHECK(result.verdict == Verdict::kPass);
  CHECK(result.total_of(Phase::kTls) > 0ns);
  CHECK(ask(server.address(), "transport_protocol: tcp, dns_over_tls: true", "5s").reason ==
        Reason::kTlsVerifyUnknownCa);
}
