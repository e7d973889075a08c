#pragma once

// What happened while OpenSSL checked a peer: the verification's errors, alerts, and the stamps of the handshake.

#include <openssl/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.hpp"
#include "net/tls/chain_cache.hpp"
#include "net/tls/tls_facts.hpp"

namespace vedette::net {

/// Filled during a handshake; must outlive it.
struct TlsRecord {
  /// Go on after a verification error, so that the handshake completes and all facts are known. Only where nothing is
  /// sent to a peer that failed.
  bool lenient = false;
  std::string name;         ///< what was verified, for messages
  std::vector<int> errors;  ///< X509_V_ERR_…, in the order found
  CertificatePtr at_fault;  ///< of the first error, when it is about one certificate
  int alert_received = -1;
  int alert_sent = -1;
  bool client_certificate_wanted = false;
  std::optional<TlsFacts> facts;  ///< what is known of the peer: all after a handshake, the chain after a refusal
  std::optional<ChainCache::Validity> verified;  ///< of the built chain, when it was verified without an error
  bool done = false;

  /// Called before each session ticket that was received.
  std::function<void()> on_ticket;
};

/// Installs the callbacks that fill a record.
void watch_verification(SSL_CTX* context);
/// Has `cache`, which must outlive the context, verify what its peers present.
void verify_with(SSL_CTX* context, ChainCache& cache);
void attach_record(SSL* ssl, TlsRecord* record);

/// The first verification error as a failure; nothing when there was none.
std::optional<Failure> verification_failure(const TlsRecord& record);

/// A handshake that broke off: by its alerts, or `detail` as it is.
Failure handshake_failure(const TlsRecord& record, const std::string& detail);

}  // namespace vedette::net
