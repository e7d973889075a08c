#include "net/tls/chain_cache.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <memory>

#include "net/tls/key_decoder.hpp"
#include "net/tls/tls_name.hpp"
#include "net/tls/tls_verify.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette;
using testing::Authority;

namespace {

X509* parse(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* out = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return out;
}

struct Answer {
  bool trusted = false;
  int error = X509_V_OK;
  bool valid = false;  ///< the cache gave the chain's validity
};

/// A client that trusts one authority.
class Client {
 public:
  explicit Client(const Authority& authority) : store_(X509_STORE_new()) {
    X509* root = parse(authority.certificate());
    X509_STORE_add_cert(store_, root);
    X509_free(root);
  }
  ~Client() { X509_STORE_free(store_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer verify(net::ChainCache& cache, const std::string& leaf_pem, const std::string& name, int level = 1) const {
    X509* leaf = parse(leaf_pem);
    STACK_OF(X509)* presented = sk_X509_new_null();
    sk_X509_push(presented, leaf);
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store_, leaf, presented);
    X509_STORE_CTX_set_default(context, "ssl_server");
    net::expect_name(X509_STORE_CTX_get0_param(context), name);
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), level);
    std::optional<net::ChainCache::Validity> validity;
    Answer out;
    out.trusted = cache.verify(context, name, {}, validity) == 1;
    out.error = X509_STORE_CTX_get_error(context);
    out.valid = validity.has_value();
    X509_STORE_CTX_free(context);
    sk_X509_free(presented);
    X509_free(leaf);
    return out;
  }

 private:
  X509_STORE* store_;
};

}  // namespace

TEST_CASE("a leaf outside its authority's name constraints is refused, however warm the cache is") {
  const Authority authority("Constrained CA", "inside.example");
  const Client client(authority);
  net::ChainCache cache;
  const auto leaf = [&](const std::vector<std::string>& names) {
    testing::LeafOptions options;
    options.names = names;
    options.addresses = {};
    return authority.issue(options).certificate;
  };
  const auto good = leaf({"a.inside.example"});
  for (int i = 0; i < 3; ++i) CHECK(client.verify(cache, good, "a.inside.example").trusted);
  CHECK(cache.hits() == 2);
  const auto bad = leaf({"outside.example"});
  const auto mixed = leaf({"a.inside.example", "outside.example"});
  for (int i = 0; i < 2; ++i) {
    const auto refused = client.verify(cache, bad, "outside.example");
    CHECK_FALSE(refused.trusted);
    CHECK(refused.error == X509_V_ERR_PERMITTED_VIOLATION);
    CHECK_FALSE(client.verify(cache, mixed, "a.inside.example").trusted);
  }
  CHECK(cache.hits() == 2);
}

TEST_CASE("a chain that was verified once is known, and its name is still checked") {
  const Authority authority;
  const Client client(authority);
  net::ChainCache cache;
  const auto leaf = authority.issue().certificate;
  CHECK(client.verify(cache, leaf, "localhost").trusted);
  CHECK(cache.hits() == 0);
  const auto again = client.verify(cache, leaf, "localhost");
  CHECK(again.trusted);
  CHECK(again.error == X509_V_OK);
  CHECK(again.valid);
  CHECK(cache.hits() == 1);
  CHECK(client.verify(cache, leaf, "127.0.0.1").trusted);
  CHECK(cache.hits() == 2);
  const auto other = client.verify(cache, leaf, "other.example");
  CHECK_FALSE(other.trusted);
  CHECK(other.error == X509_V_ERR_HOSTNAME_MISMATCH);
  CHECK(client.verify(cache, leaf, "127.0.0.2").error == X509_V_ERR_IP_ADDRESS_MISMATCH);
  CHECK(cache.hits() == 2);
}

TEST_CASE("what OpenSSL refuses is refused every time and never kept") {
  const Authority authority;
  const Authority stranger("Stranger");
  const Client client(authority);
  const std::vector<std::pair<std::string, int>> bad{
      {authority.issue({.begins_in_days = -9, .ends_in_days = -1}).certificate, X509_V_ERR_CERT_HAS_EXPIRED},
      {authority.issue({.begins_in_days = 2}).certificate, X509_V_ERR_CERT_NOT_YET_VALID},
      {authority.issue({.self_signed = true}).certificate, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
      {authority.issue({.purpose = "clientAuth"}).certificate, X509_V_ERR_INVALID_PURPOSE},
      {stranger.issue().certificate, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
  };
  net::ChainCache cache;
  CHECK(client.verify(cache, authority.issue().certificate, "localhost").trusted);
  for (const auto& [leaf, error] : bad) {
    INFO(X509_verify_cert_error_string(error));
    for (int i = 0; i < 2; ++i) {
      const auto answer = client.verify(cache, leaf, "localhost");
      CHECK_FALSE(answer.trusted);
      CHECK(answer.error == error);
      CHECK_FALSE(answer.valid);
    }
  }
  CHECK(cache.size() == 1);
}

TEST_CASE("outside of its certificates' time a known chain is verified anew") {
  const Authority authority;
  const Client client(authority);
  auto now = std::chrono::system_clock::now();
  net::ChainCache cache([&] { return now; });
  const auto leaf = authority.issue({.begins_in_days = -1, .ends_in_days = 30}).certificate;
  CHECK(client.verify(cache, leaf, "localhost").trusted);
  CHECK(client.verify(cache, leaf, "localhost").trusted);
  CHECK(cache.hits() == 1);
  for (const auto days : {31, -2}) {
    now = std::chrono::system_clock::now() + std::chrono::hours(24 * days);
    client.verify(cache, leaf, "localhost");
    CHECK(cache.hits() == 1);
  }
}

TEST_CASE("stricter rules do not profit from what weaker ones found") {
  const Authority authority;
  const Client client(authority);
  net::ChainCache cache;
  const auto weak = authority.issue({.rsa = true, .rsa_bits = 1024}).certificate;
  CHECK(client.verify(cache, weak, "localhost", 1).trusted);
  const auto strict = client.verify(cache, weak, "localhost", 2);
  CHECK_FALSE(strict.trusted);
  CHECK(strict.error == X509_V_ERR_EE_KEY_TOO_SMALL);
}

TEST_CASE("the fast key decoder passes its self-test on this OpenSSL") {
  CHECK(net::use_fast_key_decoder().empty());
}
