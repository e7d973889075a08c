#include "net/tls/certificate.hpp"

#include <openssl/pem.h>

#include "checks/tls/expectations.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette;

namespace {

net::Certificate parsed(const testing::Identity& identity) {
  BIO* bio = BIO_new_mem_buf(identity.certificate.data(), static_cast<int>(identity.certificate.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  auto out = net::certificate_of(certificate);
  X509_free(certificate);
  BIO_free(bio);
  return out;
}

}  // namespace

TEST_CASE("a certificate's facts are read") {
  const testing::Authority authority("Test, \"Inc\"");
  const auto facts = parsed(
      authority.issue({.names = {"a.example", "*.b.example"}, .addresses = {"192.0.2.1", "::1"}, .ends_in_days = 10}));
  CHECK(facts.subject == "CN=leaf");
  CHECK(facts.issuer == "CN=Test\\, \\\"Inc\\\"");
  CHECK(facts.dns_names == std::vector<std::string>{"a.example", "*.b.example"});
  CHECK(facts.ip_addresses == std::vector<std::string>{"192.0.2.1", "::1"});
  CHECK(facts.sha256.size() == 64);
  CHECK(facts.key_sha256.size() == 64);
  CHECK(facts.key_type == "EC");
  CHECK(facts.key_bits == 256);
  CHECK(facts.signature_algorithm == "ecdsa-with-SHA256");
  CHECK(net::days_until(facts.not_after) == Approx(10).margin(0.01));
  CHECK(facts.serial.size() % 2 == 0);
}

TEST_CASE("a serial number that is negative keeps its sign, but for Go's label") {
  const testing::Authority authority;
  const auto facts = parsed(authority.issue({.serial = -0x0105}));
  CHECK(facts.serial == "-0105");
  CHECK(facts.info->values.back() == "0105");
  CHECK(parsed(authority.issue({.serial = 0x0105})).serial == "0105");
}

TEST_CASE("names are matched with wildcards for one label") {
  const testing::Authority authority;
  const auto facts = parsed(authority.issue({.names = {"a.example", "*.b.example"}, .addresses = {"192.0.2.1"}}));
  CHECK(tls::covers(facts, "a.example"));
  CHECK(tls::covers(facts, "A.EXAMPLE"));
  CHECK(tls::covers(facts, "x.b.example"));
  CHECK(tls::covers(facts, "192.0.2.1"));
  CHECK_FALSE(tls::covers(facts, "b.example"));
  CHECK_FALSE(tls::covers(facts, "x.y.b.example"));
  CHECK_FALSE(tls::covers(facts, "c.example"));
}
