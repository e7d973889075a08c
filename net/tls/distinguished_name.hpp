#pragma once

// Names of subjects and issuers in the words of Go's crypto/x509/pkix, and so of blackbox_exporter's labels.

#include <openssl/x509.h>

#include <string>

namespace vedette::net {

/// `CN=a,OU=b,O=c,C=d`: the attributes that Go knows in its order, several values of one joined with +; then those
/// that it does not know, by number and with their encoding in hex.
std::string go_name(const X509_NAME* name);

}  // namespace vedette::net
