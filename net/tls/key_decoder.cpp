#include "net/tls/key_decoder.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/opensslconf.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

#ifndef OPENSSL_NO_ENGINE
#include <openssl/engine.h>
#endif

namespace vedette::net {

namespace {

// Two certificates that signed themselves; their keys were thrown away.
constexpr const char* kEcCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBcDCCARWgAwIBAgIUDRhJhqj5OwOO+V3DXKNqhdnoB5EwCgYIKoZIzj0EAwIw\n"
    "DDEKMAgGA1UEAwwBeDAgFw0yNjExMjUwNzEyNTNaGA8yMTI2MTEwMTA3MTI1M1ow\n"
    "DDEKMAgGA1UEAwwBeDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPX7KI62myuF\n"
    "L0k/CGrMOR0YBlLf9I3mQvuHmGA/VQgxNmGbXKHCNOKQm7z2aiHDFt/fdZN1dnpF\n"
    "Hb10eCJ2LWKjUzBRMB0GA1UdDgQWBBR3QgniyT4gQGZ2uB/EqQ5APesn/zAfBgNV\n"
    "HSMEGDAWgBR3QgniyT4gQGZ2uB/EqQ5APesn/zAPBgNVHRMBAf8EBTADAQH/MAoG\n"
    "CCqGSM49BAMCA0kAMEYCIQCtD5zpnTg+c9IgfCFH2uqK/7vXeNPnu33KeFmDEnLs\n"
    "1AIhAOUz+QxtuL4zhZJs0uCTZXDyiUOLBZtdUSwqtYCttDdV\n"
    "-----END CERTIFICATE-----\n";
constexpr const char* kRsaCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIC+zCCAeOgAwIBAgIUZqslAgY/fbxgCUAF5CAJRGRxBuUwDQYJKoZIhvcNAQEL\n"
    "BQAwDDEKMAgGA1UEAwwBeDAgFw0yNjExMjUwNzEyNTNaGA8yMTI2MTEwMTA3MTI1\n"
    "M1owDDEKMAgGA1UEAwwBeDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB\n"
    "AL6h6JpAU83JusMqKe+zYujUTbiv2Ig6VxkjIybI9gIiI/C78w+Nqul6sYZPGPHd\n"
    "XaQ3SieVNe+u5UVTParvxGvLpE5W3f7DdOaBZFvwmG9ZN8k/bObxtqQ5enrdE+2o\n"
    "MjAtc1lkSeNHclnQi12ITe2JFn/YVOGR7u8xiNJsjL+G1qqNZ4dl/WQdUmrvdAhF\n"
    "AGR9TzYlt+CDIfm6EXfPN8nlgHMzzyEwZx8Hr4J0FW1ZkMupSYdpFS4xsUw/gfgI\n"
    "y1LpaCrIzn/5jT8L0c1fc0NuZQYI07Fq0T5pg7e2pRxYr822YEPiulvWqI06J79C\n"
    "FLTRkDkOIqTIKnI+g4WfaMMCAwEAAaNTMFEwHQYDVR0OBBYEFPqleFvCPN/pHION\n"
    "2v235QWzQwRLMB8GA1UdIwQYMBaAFPqleFvCPN/pHION2v235QWzQwRLMA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBACdm2vDCh/IWPdjEIXCWIWjo\n"
    "Pdu4DSzzKiI9TvSHygOgN3wPqzBBU419yZSk4Av2VC/KqAlmoaJuT0hKh+lwPaPm\n"
    "0aYm0kV76yN5itJSMh39LHqWF8Id5F0VwKE4fB01wrpOhyYhy8aALQhDlrFI5hoz\n"
    "9IfULSMoMNwYANRzIiHjPjR20PajbDAKDjtijvsO3CBUxMyR8STWA0URzVcadCnc\n"
    "n01mzk0gnvbAxqqfeBHHFNOsdF0Y2TSkqMa77qOAiMDq856MAZo1b6C9WZfA8RF8\n"
    "DvyjRZCdjlboEdXV1j+tOoCyp1Urikcpz17BEwErd0jcIaRjN2Oqyycbcm+UTYs=\n"
    "-----END CERTIFICATE-----\n";

using CertificateHolder = std::unique_ptr<X509, decltype(&X509_free)>;

CertificateHolder parse(const char* pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem, -1), &BIO_free);
  return {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free};
}

/// Whether the key in the certificate verifies its own signature, and no other certificate's.
bool decodes_and_verifies(const char* pem, const char* other_pem) {
  const auto certificate = parse(pem);
  const auto other = parse(other_pem);
  if (!certificate || !other) return false;
  EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || X509_verify(certificate.get(), key) != 1) return false;
  if (X509_verify(other.get(), key) == 1) return false;
  // A signature that somebody has changed.
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, certificate.get());
  const_cast<unsigned char*>(ASN1_STRING_get0_data(signature))[ASN1_STRING_length(signature) - 1] ^= 1U;
  return X509_verify(certificate.get(), key) != 1;
}

bool self_test() {
  const bool good =
      decodes_and_verifies(kEcCertificate, kRsaCertificate) && decodes_and_verifies(kRsaCertificate, kEcCertificate);
  ERR_clear_error();
  return good;
}

#ifndef OPENSSL_NO_ENGINE

// Engines are deprecated since 3.0, and gone from the version that will not need this any more.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

int find_method(ENGINE* /*engine*/, EVP_PKEY_METHOD** method, const int** kinds, int kind) noexcept {
  static constexpr std::array kKinds{EVP_PKEY_RSA, EVP_PKEY_EC};
  if (method == nullptr) {
    *kinds = kKinds.data();
    return static_cast<int>(kKinds.size());
  }
  *method = const_cast<EVP_PKEY_METHOD*>(EVP_PKEY_meth_find(kind));
  return *method != nullptr ? 1 : 0;
}

std::string install() {
  ENGINE* engine = ENGINE_new();
  if (engine == nullptr) return "this OpenSSL has no engines";
  const bool registered = ENGINE_set_id(engine, "vedette-keys") == 1 &&
                          ENGINE_set_name(engine, "Vedette's choice of key decoder") == 1 &&
                          ENGINE_set_pkey_meths(engine, &find_method) == 1 && ENGINE_add(engine) == 1 &&
                          ENGINE_register_pkey_meths(engine) == 1;
  const bool good = registered && self_test();
  if (!good) {
    ENGINE_unregister_pkey_meths(engine);
    ENGINE_remove(engine);
  }
  ENGINE_free(engine);
  ERR_clear_error();
  return good ? "" : registered ? "the self-test of the fast key decoder failed" : "OpenSSL refused the engine";
}

#pragma clang diagnostic pop

#else

std::string install() {
  return "this OpenSSL has no engines";
}

#endif

}  // namespace

std::string use_fast_key_decoder() {
  static const std::string why_not = [] {
    const char* wanted = std::getenv("VEDETTE_KEY_DECODER");
    if (wanted != nullptr && std::string_view(wanted) == "provider") {
      return std::string("VEDETTE_KEY_DECODER is provider");
    }
    return install();
  }();
  return why_not;
}

}  // namespace vedette::net
