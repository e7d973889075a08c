#pragma once

// What the page of a check says about TLS.

#include "checks/kind.hpp"
#include "net/tls/tls_facts.hpp"

namespace vedette {

/// The TLS families of blackbox_exporter, for kinds that put them in their list and results.
extern const Family kEarliestCertExpiry;
extern const Family kLastChainExpiry;
extern const Family kLastChainInfo;
extern const Family kTlsVersionInfo;
extern const Family kTlsCipherInfo;

/// The families that only some kinds have.
struct TlsFamilies {
  bool chain_expiry = true;
  bool cipher = true;
};

/// Adds those families. Without a verified chain there is no last-chain expiry: year 1 would be a lie.
void measure_tls(RunContext& context, const net::TlsFacts& facts, TlsFamilies wanted);

}  // namespace vedette
