#include "checks/tls_families.hpp"

namespace vedette {

const Family kEarliestCertExpiry{
    "probe_ssl_earliest_cert_expiry", "Returns last SSL chain expiry in unixtime", {}, true};
const Family kLastChainExpiry{
    "probe_ssl_last_chain_expiry_timestamp_seconds", "Returns last SSL chain expiry in timestamp", {}};
const Family kLastChainInfo{"probe_ssl_last_chain_info",
                            "Contains SSL leaf certificate information",
                            {"fingerprint_sha256", "subject", "issuer", "subjectalternative", "serialnumber"}};
const Family kTlsVersionInfo{"probe_tls_version_info", "Returns the TLS version used or NaN when unknown", {"version"}};
const Family kTlsCipherInfo{"probe_tls_cipher_info", "Returns the TLS cipher negotiated during handshake", {"cipher"}};

namespace {

double unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

void measure_tls(RunContext& context, const net::TlsFacts& facts, TlsFamilies wanted) {
  if (const auto first = net::earliest_expiry(facts)) context.measure(kEarliestCertExpiry, unix_seconds(*first));
  if (wanted.chain_expiry && facts.verified_until)
    context.measure(kLastChainExpiry, unix_seconds(*facts.verified_until));
  if (!facts.chain.empty()) context.measure(kLastChainInfo, 1, facts.chain.front()->info);
  if (facts.version.empty()) return;
  context.measure(kTlsVersionInfo, 1, labelled({facts.version}));
  if (wanted.cipher) context.measure(kTlsCipherInfo, 1, labelled({facts.cipher}));
}

}  // namespace vedette
