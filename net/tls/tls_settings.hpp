#pragma once

// What a check says about TLS: blackbox_exporter's `tls_config`. Plain data; tls_profile.hpp turns it into a context.

#include <string>

#include "config/secret.hpp"

namespace vedette::config {
class Mapping;
}

namespace vedette::net {

struct TlsSettings {
  bool insecure_skip_verify = false;
  std::string ca_file;  ///< replaces the system's authorities
  std::string ca;       ///< the same, inline PEM
  std::string cert_file;
  std::string cert;
  std::string key_file;
  config::Secret key;
  std::string key_passphrase;  ///< of an encrypted key; from scenarios alone
  std::string server_name;     ///< SNI and the name to verify; empty: the target's host
  int min_version = 0;         ///< TLS1_2_VERSION …; zero: the default, TLS 1.2
  int max_version = 0;
  /// Go on with a server that does not know RFC 5746, as Go's clients and browsers do.
  bool allow_legacy_renegotiation = false;
};

/// Reads the mapping `tls_config`; files that do not exist are warnings (they may come later), the rest are errors.
TlsSettings decode_tls_settings(config::Mapping& section);

}  // namespace vedette::net
