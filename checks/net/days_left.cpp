#include "checks/net/days_left.hpp"

#include <fmt/format.h>

#include "config/mapping.hpp"

namespace vedette::net {

namespace {

constexpr double kMostDays = 36500;

std::optional<double> read_days(config::Mapping& mapping, std::string_view key) {
  double days = 0;
  if (!mapping.read_number(key, days, 0, kMostDays)) return std::nullopt;
  return days;
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

void expect_days_left(RunContext& context, const DaysLeft& expected, const TlsFacts& facts) {
  const auto first = earliest_expiry(facts);
  if (!first) return;
  const double left = days_until(*first);
  const auto text = [&](double wanted) {
    return fmt::format("{:.1f} days left (until {}), expected more than {:g}", left, format_time(*first), wanted);
  };
  if (expected.fail && left <= *expected.fail) {
    context.fail(Reason::kCertificateExpiring, text(*expected.fail));
  } else if (expected.warn && left <= *expected.warn) {
    context.warn(Reason::kCertificateExpiring, text(*expected.warn));
  }
}

}  // namespace vedette::net
