#include "net/tls/tls_verify.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/rfc3339.hpp"
#include "base/text.hpp"
#include "net/tls/tls_name.hpp"

namespace vedette::net {

namespace {

// RFC 8446 section 6.2.
constexpr int kAlertHandshakeFailure = 40;
constexpr int kAlertBadCertificate = 42;
constexpr int kAlertUnknown = 46;
constexpr int kAlertUnknownCa = 48;
constexpr int kAlertProtocolVersion = 70;
constexpr int kAlertCertificateRequired = 116;

int ssl_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

TlsRecord* record_of(const SSL* ssl) {
  return static_cast<TlsRecord*>(SSL_get_ex_data(ssl, ssl_index()));
}

int on_verify(int ok, X509_STORE_CTX* store) noexcept {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* record = ssl == nullptr ? nullptr : record_of(ssl);
  if (record == nullptr || ok == 1) return ok;
  try {
    auto* certificate = X509_STORE_CTX_get_current_cert(store);
    if (record->errors.empty() && certificate != nullptr) record->at_fault = shared_certificate(certificate);
    record->errors.push_back(X509_STORE_CTX_get_error(store));
    if (!record->facts) record->facts = facts_of_chain(X509_STORE_CTX_get0_untrusted(store));
  } catch (...) {
    return 0;
  }
  return record->lenient ? 1 : 0;
}

int on_chain(X509_STORE_CTX* store, void* cache) noexcept {
  const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* record = ssl == nullptr ? nullptr : record_of(ssl);
  if (record == nullptr) return X509_verify_cert(store);
  try {
    return static_cast<ChainCache*>(cache)->verify(store, record->name, record->errors, record->verified);
  } catch (...) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
    return 0;
  }
}

void on_info(const SSL* ssl, int where, int value) noexcept {
  auto* record = record_of(ssl);
  if (record == nullptr) return;
  if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) record->alert_received = value & 0xff;
  if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT) record->alert_sent = value & 0xff;
  if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || record->done) return;
  record->done = true;
  try {
    record->facts = facts_of(ssl);
    if (record->verified) record->facts->verified_until = record->verified->until;
  } catch (...) {
    record->facts.reset();
  }
}

void on_message(int sent, int /*version*/, int type, const void* data, std::size_t size, SSL* ssl,
                void* /*argument*/) noexcept {
  auto* record = record_of(ssl);
  if (record == nullptr || sent != 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
  const auto message = *static_cast<const unsigned char*>(data);
  if (message == SSL3_MT_CERTIFICATE_REQUEST) record->client_certificate_wanted = true;
  if (message == SSL3_MT_NEWSESSION_TICKET && record->on_ticket) record->on_ticket();
}

Reason reason_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Reason::kTlsVerifyExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Reason::kTlsVerifyNotYetValid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Reason::kTlsVerifyName;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return Reason::kTlsVerifySelfSigned;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return Reason::kTlsVerifyUnknownCa;
    default:
      return Reason::kTlsVerifyOther;
  }
}

/// What is wrong with which certificate.
std::string describe(int error, const Certificate& certificate) {
  constexpr std::size_t kShownIssuer = 200;
  auto what = fmt::format("{}: {}", X509_verify_cert_error_string(error), described(certificate));
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("{} (until {})", what, rfc3339(certificate.not_after));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("{} (from {})", what, rfc3339(certificate.not_before));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return fmt::format("{}, issued by {}", what, printable(certificate.issuer, kShownIssuer));
    default:
      return what;
  }
}

}  // namespace

void watch_verification(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &on_verify);
  SSL_CTX_set_info_callback(context, &on_info);
  SSL_CTX_set_msg_callback(context, &on_message);
}

void verify_with(SSL_CTX* context, ChainCache& cache) {
  SSL_CTX_set_cert_verify_callback(context, &on_chain, &cache);
}

void attach_record(SSL* ssl, TlsRecord* record) {
  SSL_set_ex_data(ssl, ssl_index(), record);
}

std::optional<Failure> verification_failure(const TlsRecord& record) {
  if (record.errors.empty()) return std::nullopt;
  const int error = record.errors.front();
  if (!record.at_fault) return Failure{reason_of(error), X509_verify_cert_error_string(error)};
  if (reason_of(error) == Reason::kTlsVerifyName) {
    return Failure{Reason::kTlsVerifyName, wrong_name(record.name, *record.at_fault)};
  }
  return Failure{reason_of(error), describe(error, *record.at_fault)};
}

Failure handshake_failure(const TlsRecord& record, const std::string& detail) {
  if (record.alert_sent == kAlertProtocolVersion || record.alert_received == kAlertProtocolVersion) {
    return {Reason::kTlsVersion, detail};
  }
  const int alert = record.alert_received;
  const bool about_certificate = alert == kAlertCertificateRequired ||
                                 (alert >= kAlertBadCertificate && alert <= kAlertUnknown) || alert == kAlertUnknownCa;
  if (about_certificate || (alert == kAlertHandshakeFailure && record.client_certificate_wanted)) {
    return {Reason::kTlsClientCertificate, detail};
  }
  // OpenSSL's words for it are no help.
  if (detail.find("legacy renegotiation") != std::string::npos) {
    return {Reason::kTlsHandshake,
            "the server does not know secure renegotiation (RFC 5746); checks accept it with "
            "allow_legacy_renegotiation in tls_config"};
  }
  return {Reason::kTlsHandshake, detail};
}

}  // namespace vedette::net
