// TLS against servers with bad certificates and bad manners.

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "checks/tls_families.hpp"
#include "net/tls/tls_profile.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

namespace {

/// A TLS server that shakes hands and then answers anything with an empty HTTP response.
FaultServer::Behaviour serving(const std::shared_ptr<SSL_CTX>& context) {
  return [context](Peer& peer) {
    if (!peer.accept_tls(context.get())) return;
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  };
}

struct World {
  Authority authority;
  TemporaryFile ca{authority.certificate()};

  [[nodiscard]] Result check(const std::string& kind, const std::string& target, const std::string& tls_config = "",
                             const std::string& settings = "") const {
    return run_check(fmt::format(
        "{{name: t, kind: {}, target: '{}', timeout: 5s, {}: {{tls_config: {{ca_file: {}{}}}{}}}}}", kind, target, kind,
        ca.path(), tls_config.empty() ? "" : ", " + tls_config, settings.empty() ? "" : ", " + settings));
  }
  [[nodiscard]] Result tls(const FaultServer& server, const std::string& tls_config = "",
                           const std::string& settings = "") const {
    return check("tls", server.address(), tls_config, settings);
  }
  [[nodiscard]] Result https(const FaultServer& server, const std::string& tls_config = "",
                             const std::string& settings = "") const {
    return check("http", "https://" + server.address() + "/", tls_config, settings);
  }
};

}  // namespace

TEST_CASE("every bad certificate has its own reason, and all its facts are reported") {
  const World world;
  const Authority stranger("Stranger");
  struct Fault {
    Identity identity;
    Reason reason;
    std::string tls_config;
  };
  const std::vector<Fault> faults{
      {world.authority.issue({.ends_in_days = -1}), Reason::kTlsVerifyExpired, ""},
      {world.authority.issue({.begins_in_days = 2}), Reason::kTlsVerifyNotYetValid, ""},
      {world.authority.issue({.names = {"other.example"}, .addresses = {}}), Reason::kTlsVerifyName, ""},
      {world.authority.issue(), Reason::kTlsVerifyName, "server_name: wrong.example"},
      {world.authority.issue({.self_signed = true}), Reason::kTlsVerifySelfSigned, ""},
      {stranger.issue(), Reason::kTlsVerifyUnknownCa, ""},
      {world.authority.issue({.purpose = "clientAuth"}), Reason::kTlsVerifyOther, ""},
  };
  for (const auto& fault : faults) {
    const FaultServer server(serving(server_context(fault.identity)));
    const auto tls = world.tls(server, fault.tls_config);
    INFO(name_of(fault.reason) << " " << name_of(tls.reason) << " " << tls.message);
    CHECK(tls.reason == fault.reason);
    const auto facts = boost::json::serialize(tls.evidence.facts);
    CHECK(facts.find("\"version\":\"TLS 1.3\"") != std::string::npos);
    CHECK(facts.find("\"not_after\"") != std::string::npos);
    CHECK(tls.value_of(kEarliestCertExpiry) > 0);
    CHECK(tls.value_of(kLastChainExpiry, -1) == -1);
    const auto https = world.https(server, fault.tls_config);
    CHECK(https.reason == fault.reason);
    CHECK(https.value_of(kEarliestCertExpiry) > 0);
    // Whoever does not want to know is not told.
    CHECK(world.tls(server, "insecure_skip_verify: true").verdict == Verdict::kPass);
    CHECK(world.https(server, "insecure_skip_verify: true").verdict == Verdict::kPass);
  }
}

TEST_CASE("messages name the certificate that is at fault") {
  const World world;
  const auto message = [&](const LeafOptions& options, const std::string& tls_config = "") {
    const FaultServer server(serving(server_context(world.authority.issue(options))));
    const auto tls = world.tls(server, tls_config);
    CHECK(world.https(server, tls_config).message == tls.message);
    return tls.message;
  };
  CHECK(message({.ends_in_days = -1}).starts_with("certificate has expired: CN=leaf (until 20"));
  CHECK(message({.begins_in_days = 2}).starts_with("certificate is not yet valid: CN=leaf (from 20"));
  CHECK(message({.purpose = "clientAuth"}).ends_with(": CN=leaf"));
  CHECK(message({.names = {"a.example", "b.example"}, .addresses = {"192.0.2.1", "192.0.2.2"}}) ==
        "the certificate is not for 127.0.0.1 but for the name a.example, the name b.example, 192.0.2.1, …");
  const FaultServer server(serving(server_context(Authority("Stranger").issue())));
  CHECK(world.tls(server).message.ends_with(": CN=leaf, issued by CN=Stranger"));
}

TEST_CASE("a common name is not the name of a host") {
  const World world;
  const FaultServer server(serving(server_context(world.authority.issue({.names = {}, .addresses = {}}))));
  for (int i = 0; i < 2; ++i) {
    const auto result = world.tls(server, "server_name: leaf");
    CHECK(result.reason == Reason::kTlsVerifyName);
    CHECK(result.message == "the certificate is not for leaf: it names no host and no address (CN=leaf)");
  }
}

TEST_CASE("a good certificate passes with version, cipher, group and chain") {
  const World world;
  const FaultServer server(serving(server_context(world.authority.issue({.ends_in_days = 10}))));
  const auto result = world.tls(server, "", "alpn: [h2, http/1.1], names: [localhost, 127.0.0.1]");
  CHECK(result.verdict == Verdict::kPass);
  const auto& tls = result.evidence.facts.at("tls").as_object();
  CHECK(tls.at("version") == "TLS 1.3");
  CHECK(tls.at("cipher").as_string().starts_with("TLS_"));
  CHECK_FALSE(tls.at("group").as_string().empty());
  CHECK(tls.at("ocsp_staple") == "none");
  CHECK(result.value_of(kLastChainExpiry) == result.value_of(kEarliestCertExpiry));
  CHECK(result.total_of(Phase::kTls) > 0ns);
}

TEST_CASE("the oldest version allowed is kept to") {
  const World world;
  const FaultServer old(serving(server_context(world.authority.issue(), "", TLS1_1_VERSION)));
  CHECK(world.tls(old).reason == Reason::kTlsVersion);
  CHECK(world.https(old).reason == Reason::kTlsVersion);
  const auto allowed = world.tls(old, "min_version: TLS10, max_version: TLS11");
  CHECK(allowed.verdict == Verdict::kPass);
  CHECK(allowed.evidence.facts.at("tls").as_object().at("version") == "TLS 1.1");
}

TEST_CASE("client certificates are sent, and missing ones are told") {
  const World world;
  const auto identity = world.authority.issue();
  const auto client = world.authority.issue({.purpose = "clientAuth"});
  const TemporaryFile cert(client.certificate);
  const TemporaryFile key(client.key);
  const auto mutual = fmt::format("cert_file: {}, key_file: {}", cert.path(), key.path());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const FaultServer server(serving(server_context(identity, world.authority.certificate(), version)));
    CHECK(world.https(server, mutual).verdict == Verdict::kPass);
    CHECK(world.https(server).reason == Reason::kTlsClientCertificate);
    CHECK(world.tls(server, mutual).verdict == Verdict::kPass);
    // In TLS 1.3 the server refuses after its part of the handshake is over, when a TLS check has seen all it wants.
    if (version == TLS1_2_VERSION) CHECK(world.tls(server).reason == Reason::kTlsClientCertificate);
  }
}

TEST_CASE("expectations on days, pins, names and keys") {
  const World world;
  const FaultServer server(serving(server_context(world.authority.issue({.ends_in_days = 10, .rsa = true}))));
  const auto warned = world.tls(server, "", "certificate_days_left: {warn: 20, fail: 5}");
  CHECK(warned.verdict == Verdict::kWarn);
  CHECK(warned.reason == Reason::kCertificateExpiring);
  CHECK(warned.value_of(kSuccess) == 1);
  const auto failed = world.https(server, "", "certificate_days_left: {fail: 20}");
  CHECK(failed.verdict == Verdict::kFail);
  CHECK(failed.reason == Reason::kCertificateExpiring);
  CHECK(world.tls(server, "", "names: [other.example]").reason == Reason::kCertificateName);
  CHECK(world.tls(server, "", "min_key_bits: {rsa: 4096}").reason == Reason::kCertificateWeakKey);
  CHECK(world.tls(server, "", "min_key_bits: {rsa: 2048}").verdict == Verdict::kPass);
  CHECK(world.tls(server, "", "pinned_keys: ['" + std::string(64, 'a') + "']").reason == Reason::kCertificatePin);
  const auto facts = world.tls(server).evidence.facts;
  const std::string pin(
      facts.at("tls").as_object().at("certificates").as_array()[0].as_object().at("key_sha256").as_string());
  CHECK(world.tls(server, "", "pinned_keys: ['" + pin + "']").verdict == Verdict::kPass);
}

TEST_CASE("a trust store is read anew when its file changed, and a bad one leaves the old in force") {
  const World world;
  const Authority other("Other");
  const FaultServer server(serving(server_context(other.issue())));
  const TemporaryFile ca(world.authority.certificate());
  const auto check =
      make_check(fmt::format("{{name: t, kind: tls, target: '{}', timeout: 5s, tls: {{tls_config: {{ca_file: {}}}}}}}",
                             server.address(), ca.path()));
  CHECK(run_check(check).reason == Reason::kTlsVerifyUnknownCa);
  ca.rewrite(other.certificate() + "\n");
  CHECK(net::refresh_tls_profiles().empty());
  CHECK(run_check(check).verdict == Verdict::kPass);
  ca.rewrite("no certificate");
  CHECK(net::refresh_tls_profiles().size() == 1);
  CHECK(run_check(check).verdict == Verdict::kPass);
}

TEST_CASE("handshakes that stall, break off or are none") {
  const FaultServer stalled([](Peer& peer) { peer.stall(); });
  const auto timed = run_timed(fmt::format("{{name: t, kind: tls, target: '{}', timeout: 200ms}}", stalled.address()));
  CHECK(timed.result.reason == Reason::kTimeoutTls);
  const FaultServer reset([](Peer& peer) {
    peer.read_bytes(50);
    peer.reset();
  });
  CHECK(run_check(fmt::format("{{name: t, kind: tls, target: '{}'}}", reset.address())).reason == Reason::kResetTls);
  const FaultServer closed([](Peer& peer) { peer.read_record(); });
  CHECK(run_check(fmt::format("{{name: t, kind: tls, target: '{}'}}", closed.address())).reason == Reason::kClosedTls);
  const FaultServer plain([](Peer& peer) {
    peer.write("220 mail ESMTP ready, not TLS\r\n");
    peer.read_bytes(1000);
  });
  CHECK(run_check(fmt::format("{{name: t, kind: tls, target: '{}'}}", plain.address())).reason ==
        Reason::kTlsHandshake);
}
