#pragma once

// The facts of one certificate, as text and numbers.

#include <openssl/types.h>

#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/labels.hpp"

namespace vedette::net {

struct Certificate {
  std::string subject;  ///< RFC 2253 order: `CN=x,O=y,C=z`
  std::string issuer;
  std::string subject_line;  ///< as OpenSSL's command line and curl show it: `C = z, O = y, CN = x`
  std::string issuer_line;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::string serial;      ///< lower-case hex, whole bytes; RFC 5280 allows no negative one, but some have a minus
  std::string sha256;      ///< of the certificate, lower-case hex
  std::string key_sha256;  ///< of the SubjectPublicKeyInfo, lower-case hex: what a pin names
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  std::string key_type;  ///< RSA, EC, ED25519, …
  int key_bits = 0;
  std::string signature_algorithm;
  std::string pem;
  MeasureLabels info;  ///< the labels of probe_ssl_last_chain_info
};

Certificate certificate_of(X509* certificate);

using CertificatePtr = std::shared_ptr<const Certificate>;
using CertificateDigest = std::array<unsigned char, 32>;

/// SHA-256 of the certificate.
CertificateDigest digest_of(X509* certificate);

/// The facts of a certificate, which are the same in every handshake: those of the last few thousand different ones are
/// kept for the whole process. Thread-safe.
CertificatePtr shared_certificate(X509* certificate);

std::chrono::system_clock::time_point not_before_of(const X509* certificate);
std::chrono::system_clock::time_point not_after_of(const X509* certificate);

boost::json::object to_json(const Certificate& certificate);

/// Days from now until `time`, as a fraction; negative when past.
double days_until(std::chrono::system_clock::time_point time);

}  // namespace vedette::net
