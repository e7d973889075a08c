#include "net/tls/tls_name.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/text.hpp"
#include "net/addresses/target.hpp"

namespace vedette::net {

namespace {

constexpr std::size_t kShownName = 200;
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

std::string described(const Certificate& certificate) {
  if (certificate.subject.empty()) return "serial number " + certificate.serial;
  return printable(certificate.subject, kShownName);
}

std::string wrong_name(const std::string& name, const Certificate& certificate) {
  std::vector<std::string> names;
  for (const auto& one : certificate.dns_names) names.push_back(printable(one, kShownName));
  // A name that looks like an address is none.
  if (is_address(name)) {
    for (auto& one : names) one.insert(0, "the name ");
  }
  names.insert(names.end(), certificate.ip_addresses.begin(), certificate.ip_addresses.end());
  if (names.empty()) {
    return fmt::format("the certificate is not for {}: it names no host and no address ({})", name,
                       described(certificate));
  }
  constexpr std::size_t kShown = 3;
  const bool all = names.size() <= kShown;
  if (!all) names.resize(kShown);
  return fmt::format("the certificate is not for {} but for {}{}", name, fmt::join(names, ", "), all ? "" : ", …");
}

}  // namespace vedette::net
