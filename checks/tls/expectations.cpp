#include "checks/tls/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "net/addresses/target.hpp"

namespace vedette::tls {

namespace {

bool matches(std::string_view pattern, std::string_view name) {
  if (same_ignoring_case(pattern, name)) return true;
  if (!pattern.starts_with("*.")) return false;
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && same_ignoring_case(pattern.substr(1), name.substr(dot));
}

void expect_pin(RunContext& context, const TlsCheckSettings& settings, const net::TlsFacts& facts) {
  if (settings.pins.empty()) return;
  const auto pinned = [&](const net::CertificatePtr& certificate) {
    return std::find(settings.pins.begin(), settings.pins.end(), certificate->key_sha256) != settings.pins.end();
  };
  if (std::any_of(facts.chain.begin(), facts.chain.end(), pinned)) return;
  context.fail(Reason::kCertificatePin,
               fmt::format("no certificate has a pinned key; the leaf's is {}", facts.chain.front()->key_sha256));
}

void expect_key_size(RunContext& context, const TlsCheckSettings& settings, const net::Certificate& leaf) {
  const int min = leaf.key_type == "RSA" ? settings.min_rsa_bits : settings.min_ec_bits;
  if (leaf.key_bits >= min) return;
  context.fail(Reason::kCertificateWeakKey,
               fmt::format("{} key of {} bits, expected at least {}", leaf.key_type, leaf.key_bits, min));
}

}  // namespace

bool covers(const net::Certificate& certificate, std::string_view name) {
  const auto matching = [&](const std::string& pattern) { return matches(pattern, name); };
  return std::any_of(certificate.dns_names.begin(), certificate.dns_names.end(), matching) ||
         std::find(certificate.ip_addresses.begin(), certificate.ip_addresses.end(), name) !=
             certificate.ip_addresses.end();
}

void expect_certificates(RunContext& context, const TlsCheckSettings& settings, const net::TlsFacts& facts) {
  if (facts.chain.empty()) return;
  const auto& leaf = *facts.chain.front();
  for (const auto& name : settings.names) {
    if (!covers(leaf, net::ascii_host(name).value_or(name))) {
      context.fail(Reason::kCertificateName,
                   fmt::format("the certificate is not for {}; it is for {}", name, fmt::join(leaf.dns_names, ", ")));
      break;
    }
  }
  expect_pin(context, settings, facts);
  expect_key_size(context, settings, leaf);
  expect_days_left(context, settings.days_left, facts);
}

}  // namespace vedette::tls
