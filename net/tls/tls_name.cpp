#include "net/tls/tls_name.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "net/addresses/target.hpp"

namespace vedette::net {

namespace {

constexpr unsigned kNameFlags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;

}  // namespace

void expect_name(X509_VERIFY_PARAM* parameters, const std::string& name) {
  if (is_address(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(parameters, kNameFlags);
    X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
  }
}

bool is_for(X509* certificate, const std::string& name) {
  if (is_address(name)) return X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
  return X509_check_host(certificate, name.c_str(), name.size(), kNameFlags, nullptr) == 1;
}

std::string wrong_name(const std::string& name, const Certificate& certificate) {
  auto names = certificate.dns_names;
  names.insert(names.end(), certificate.ip_addresses.begin(), certificate.ip_addresses.end());
  if (names.empty()) {
    return fmt::format("the certificate is not for {}: it has no subject alternative name ({})", name,
                       certificate.subject);
  }
  constexpr std::size_t kShown = 3;
  const bool all = names.size() <= kShown;
  if (!all) names.resize(kShown);
  return fmt::format("the certificate is not for {} but for {}{}", name, fmt::join(names, ", "), all ? "" : ", …");
}

}  // namespace vedette::net
