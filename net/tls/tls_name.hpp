#pragma once

// Whether a certificate is for a name, a host name or an address. Only its subject alternative names say so (RFC 9525
// section 2.3): its common name does not count, as with Go and browsers.

#include <openssl/types.h>

#include <string>

#include "net/tls/certificate.hpp"

namespace vedette::net {

/// Makes OpenSSL look at the name when it verifies.
void expect_name(X509_VERIFY_PARAM* parameters, const std::string& name);

/// The same of a certificate that was verified before.
bool is_for(X509* certificate, const std::string& name);

/// What a person knows it by: the front of its subject, or its serial number.
std::string described(const Certificate& certificate);

/// A sentence for a certificate that is not for `name`.
std::string wrong_name(const std::string& name, const Certificate& certificate);

}  // namespace vedette::net
