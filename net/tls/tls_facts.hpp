#pragma once

// What a handshake showed of the peer.

#include <openssl/safestack.h>
#include <openssl/types.h>
#include <openssl/x509.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/tls/certificate.hpp"

namespace vedette::net {

struct TlsFacts {
  std::string version;  ///< "TLS 1.3"; empty when the handshake was not completed
  std::string cipher;   ///< IANA name
  std::string group;
  std::string alpn;
  std::string ocsp;                   ///< status of the staple: none, good, revoked, unknown, unreadable
  std::vector<CertificatePtr> chain;  ///< as the peer sent it, leaf first
  /// The earliest end in the verified chain, its root included; nothing when nothing was verified.
  std::optional<std::chrono::system_clock::time_point> verified_until;
};

/// All facts of a completed handshake but `verified_until`, which who verified knows.
TlsFacts facts_of(const SSL* ssl);

/// The chain alone, when a handshake was broken off.
TlsFacts facts_of_chain(const STACK_OF(X509) * chain);

boost::json::object to_json(const TlsFacts& facts);

/// The earliest end of validity among the certificates that the peer sent.
std::optional<std::chrono::system_clock::time_point> earliest_expiry(const TlsFacts& facts);

}  // namespace vedette::net
