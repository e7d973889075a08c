#pragma once

// What a TLS check expects of the peer's certificates.

#include "checks/kind.hpp"
#include "checks/tls/settings.hpp"
#include "net/tls/tls_facts.hpp"

namespace vedette::tls {

/// Fails or warns on the first expectation that does not hold.
void expect_certificates(RunContext& context, const TlsCheckSettings& settings, const net::TlsFacts& facts);

/// Whether `certificate` is for `name`, wildcards included (RFC 6125 section 6.4.3).
bool covers(const net::Certificate& certificate, std::string_view name);

}  // namespace vedette::tls
