#include "tests/support/certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "net/tls/key_decoder.hpp"

namespace vedette::testing {

namespace {

constexpr long kDay = 86400;

template <typename Write>
std::string to_pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

std::string pem_of(X509* certificate) {
  return to_pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  if (extension == nullptr) throw std::runtime_error("bad extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// EVP_EC_gen() and its like know nothing of engines, and the fast key decoder is one.
EVP_PKEY* new_key(int type, int rsa_bits) {
  // A certificate whose keys were made before and after the first handshake of a check would not be valid.
  net::use_fast_key_decoder();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_id(type, nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_keygen_init(context);
  if (type == EVP_PKEY_EC) {
    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1);
    EVP_PKEY_CTX_set_ec_param_enc(context, OPENSSL_EC_NAMED_CURVE);
  } else {
    EVP_PKEY_CTX_set_rsa_keygen_bits(context, rsa_bits);
  }
  EVP_PKEY_keygen(context, &key);
  EVP_PKEY_CTX_free(context);
  return key;
}

X509* new_certificate(const std::string& name, EVP_PKEY* key, int begins_in_days, int ends_in_days) {
  static std::atomic<long> serial{1};
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1000 + serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), begins_in_days * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), ends_in_days * kDay);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_pubkey(certificate, key);
  return certificate;
}

}  // namespace

struct Authority::Parts {
  EVP_PKEY* key = new_key(EVP_PKEY_EC, 0);
  X509* certificate = nullptr;

  Parts() = default;
  ~Parts() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
};

Authority::Authority(const std::string& name, const std::string& permitted) : parts_(std::make_unique<Parts>()) {
  auto* certificate = new_certificate(name, parts_->key, -2, 60);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  if (!permitted.empty())
    add_extension(certificate, certificate, NID_name_constraints, "critical,permitted;DNS:" + permitted);
  X509_sign(certificate, parts_->key, EVP_sha256());
  parts_->certificate = certificate;
  pem_ = pem_of(certificate);
}

Authority::~Authority() = default;

Identity Authority::issue(const LeafOptions& options) const {
  EVP_PKEY* key = new_key(options.rsa ? EVP_PKEY_RSA : EVP_PKEY_EC, options.rsa_bits);
  auto* certificate = new_certificate("leaf", key, options.begins_in_days, options.ends_in_days);
  if (options.serial != 0) ASN1_INTEGER_set(X509_get_serialNumber(certificate), options.serial);
  X509* issuer = options.self_signed ? certificate : parts_->certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  std::string names;
  for (const auto& name : options.names) names += (names.empty() ? "DNS:" : ",DNS:") + name;
  for (const auto& address : options.addresses) names += (names.empty() ? "IP:" : ",IP:") + address;
  if (!names.empty()) add_extension(certificate, issuer, NID_subject_alt_name, names);
  add_extension(certificate, issuer, NID_ext_key_usage, options.purpose);
  X509_sign(certificate, options.self_signed ? key : parts_->key, EVP_sha256());
  Identity out;
  out.certificate = pem_of(certificate);
  out.key = to_pem([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return out;
}

TemporaryFile::TemporaryFile(const std::string& text, const std::string& suffix) {
  const char* folder = std::getenv("TMPDIR");
  path_ = std::string(folder != nullptr ? folder : "/tmp") + "/vedette-test-XXXXXX" + suffix;
  const int fd = ::mkstemps(path_.data(), static_cast<int>(suffix.size()));
  if (fd < 0) throw std::runtime_error("mkstemps failed");
  ::close(fd);
  rewrite(text);
}

TemporaryFile::~TemporaryFile() {
  std::remove(path_.c_str());
}

void TemporaryFile::rewrite(const std::string& text) const {
  std::ofstream(path_, std::ios::binary) << text;
}

}  // namespace vedette::testing
