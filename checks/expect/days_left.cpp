#include "checks/expect/days_left.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.hpp"
#include "config/mapping.hpp"

namespace vedette {

namespace {

constexpr double kMaxDays = 36500;

std::optional<double> read_days(config::Mapping& mapping, std::string_view key) {
  double days = 0;
  if (!mapping.read_number(key, days, 0, kMaxDays)) return std::nullopt;
  return days;
}

/// Whose end of validity that is, for a person; an authority that the peer has not sent has no name here.
std::string owner_of(const net::TlsFacts& facts, std::chrono::system_clock::time_point end) {
  const auto found = std::find_if(facts.chain.begin(), facts.chain.end(), [&](const net::CertificatePtr& certificate) {
    return certificate->not_after == end;
  });
  if (found == facts.chain.end()) return "an authority of the verified chain";
  return (*found)->subject.empty() ? "the certificate without a subject" : (*found)->subject;
}

}  // namespace

DaysLeft decode_days_left(config::Mapping& section) {
  DaysLeft out;
  auto mapping = section.take_mapping("certificate_days_left");
  if (!mapping) return out;
  out.warn = read_days(*mapping, "warn");
  out.fail = read_days(*mapping, "fail");
  if (out.warn && out.fail && *out.warn <= *out.fail) {
    mapping->warning("warn", "warn is not above fail: it never shows", "warn takes the larger number of days");
  }
  mapping->finish();
  return out;
}

void expect_days_left(RunContext& context, const DaysLeft& expected, const net::TlsFacts& facts) {
  // What a peer sends beside the chain that clients verify harms nobody when it expires.
  const auto first = facts.verified_until ? facts.verified_until : net::earliest_expiry(facts);
  if (!first) return;
  const double left = net::days_until(*first);
  const auto text = [&](double wanted) {
    return fmt::format("{:.1f} days left (until {}) for {}, expected more than {:g}", left, rfc3339(*first),
                       owner_of(facts, *first), wanted);
  };
  if (expected.fail && left <= *expected.fail) {
    context.fail(Reason::kCertificateExpiring, text(*expected.fail));
  } else if (expected.warn && left <= *expected.warn) {
    context.warn(Reason::kCertificateExpiring, text(*expected.warn));
  }
}

}  // namespace vedette
