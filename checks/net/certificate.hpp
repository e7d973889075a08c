#pragma once

// The facts of one certificate, as text and numbers.

#include <openssl/types.h>

#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace vedette::net {

struct Certificate {
  std::string subject;  ///< RFC 2253 order: `CN=x,O=y,C=z`
  std::string issuer;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  std::string serial;      ///< lower-case hex, whole bytes
  std::string sha256;      ///< of the certificate, lower-case hex
  std::string key_sha256;  ///< of the SubjectPublicKeyInfo, lower-case hex: what a pin names
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  std::string key_type;  ///< RSA, EC, ED25519, …
  int key_bits = 0;
  std::string signature_algorithm;
};

Certificate certificate_of(X509* certificate);

std::chrono::system_clock::time_point not_after_of(const X509* certificate);

boost::json::object to_json(const Certificate& certificate);

/// `2026-11-22T09:41:00Z`
std::string format_time(std::chrono::system_clock::time_point time);

/// Days from now until `time`, as a fraction; negative when past.
double days_until(std::chrono::system_clock::time_point time);

}  // namespace vedette::net
