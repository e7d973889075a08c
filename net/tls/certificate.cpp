#include "net/tls/certificate.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/json/array.hpp>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>

#include "base/hex.hpp"
#include "base/rfc3339.hpp"
#include "base/utf8.hpp"
#include "net/tls/distinguished_name.hpp"

namespace vedette::net {

namespace {

/// Reversed (the last part first), commas escaped.
constexpr unsigned long kRfc2253 = XN_FLAG_RFC2253;
constexpr unsigned long kOneLine = XN_FLAG_ONELINE;

std::string name_text(const X509_NAME* name, unsigned long form) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  // UTF-8 stays what it is.
  X509_NAME_print_ex(bio.get(), name, 0, form & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return valid_utf8({data, static_cast<std::size_t>(size)});
}

/// Without its sign, as Go shows it.
std::string serial_text(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr), &BN_free);
  if (!number) return {};
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return bytes.empty() ? "00" : to_hex(bytes.data(), bytes.size());
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

void read_names(X509* certificate, Certificate& out) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      out.dns_names.push_back(valid_utf8({reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                          static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))}));
    } else if (name->type == GEN_IPADD) {
      const int size = ASN1_STRING_length(name->d.iPAddress);
      std::array<char, INET6_ADDRSTRLEN> text{};
      if ((size == 4 || size == 16) &&
          ::inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), text.data(),
                      text.size()) != nullptr) {
        out.ip_addresses.emplace_back(text.data());
      }
    }
  }
  GENERAL_NAMES_free(names);
}

void read_key(X509* certificate, Certificate& out) {
  const EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key != nullptr) {
    const char* type = EVP_PKEY_get0_type_name(key);
    out.key_type = type != nullptr ? type : OBJ_nid2sn(EVP_PKEY_get_base_id(key));
    out.key_bits = EVP_PKEY_get_bits(key);
  }
  unsigned char* encoded = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded);
  if (size <= 0) return;
  std::array<unsigned char, 32> digest{};
  EVP_Digest(encoded, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(encoded);
  out.key_sha256 = to_hex(digest.data(), digest.size());
}

std::string pem_of(X509* certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) return {};
  const char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::chrono::system_clock::time_point not_before_of(const X509* certificate) {
  return time_of(X509_get0_notBefore(certificate));
}

std::chrono::system_clock::time_point not_after_of(const X509* certificate) {
  return time_of(X509_get0_notAfter(certificate));
}

Certificate certificate_of(X509* certificate) {
  Certificate out;
  out.subject = name_text(X509_get_subject_name(certificate), kRfc2253);
  out.issuer = name_text(X509_get_issuer_name(certificate), kRfc2253);
  out.subject_line = name_text(X509_get_subject_name(certificate), kOneLine);
  out.issuer_line = name_text(X509_get_issuer_name(certificate), kOneLine);
  const auto serial = serial_text(certificate);
  out.serial = (X509_get0_serialNumber(certificate)->type & V_ASN1_NEG) != 0 ? "-" + serial : serial;
  const auto digest = digest_of(certificate);
  out.sha256 = to_hex(digest.data(), digest.size());
  out.not_before = not_before_of(certificate);
  out.not_after = not_after_of(certificate);
  out.signature_algorithm = OBJ_nid2ln(X509_get_signature_nid(certificate));
  read_names(certificate, out);
  read_key(certificate, out);
  out.pem = pem_of(certificate);
  out.info =
      labelled({out.sha256, go_name(X509_get_subject_name(certificate)), go_name(X509_get_issuer_name(certificate)),
                fmt::format("{}", fmt::join(out.dns_names, ",")), serial});
  return out;
}

CertificateDigest digest_of(X509* certificate) {
  // Fetched once: looking the algorithm up costs more than the sum.
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CertificateDigest out{};
  X509_digest(certificate, kSha256, out.data(), nullptr);
  return out;
}

CertificatePtr shared_certificate(X509* certificate) {
  constexpr std::size_t kMax = 4096;
  static std::mutex mutex;
  static std::map<CertificateDigest, CertificatePtr> known;
  const auto digest = digest_of(certificate);
  {
    const std::lock_guard lock(mutex);
    const auto found = known.find(digest);
    if (found != known.end()) return found->second;
  }
  auto made = std::make_shared<const Certificate>(certificate_of(certificate));
  const std::lock_guard lock(mutex);
  if (known.size() >= kMax) known.clear();
  known.emplace(digest, made);
  return made;
}

double days_until(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double, std::ratio<86400>>(time - std::chrono::system_clock::now()).count();
}

boost::json::object to_json(const Certificate& certificate) {
  boost::json::array dns(certificate.dns_names.begin(), certificate.dns_names.end());
  boost::json::array ips(certificate.ip_addresses.begin(), certificate.ip_addresses.end());
  return {
      {"subject", certificate.subject},
      {"issuer", certificate.issuer},
      {"dns_names", std::move(dns)},
      {"ip_addresses", std::move(ips)},
      {"serial", certificate.serial},
      {"sha256", certificate.sha256},
      {"key_sha256", certificate.key_sha256},
      {"not_before", rfc3339(certificate.not_before)},
      {"not_after", rfc3339(certificate.not_after)},
      {"key_type", certificate.key_type},
      {"key_bits", certificate.key_bits},
      {"signature_algorithm", certificate.signature_algorithm},
  };
}

}  // namespace vedette::net
