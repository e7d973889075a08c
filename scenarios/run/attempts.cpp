#include "scenarios/run/attempts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.hpp"

namespace vedette::scenarios {

bool is_one_of(const std::vector<Transient>& classes, Reason reason, int status, bool failed) {
  const auto name = name_of(reason);
  const auto begins = [&](std::string_view with) { return name.starts_with(with); };
  return std::any_of(classes.begin(), classes.end(), [&](Transient one) {
    switch (one) {
      case Transient::kResolve:
        return begins("resolve_");
      case Transient::kConnect:
        return begins("connect_") && reason != Reason::kConnectReset;
      case Transient::kTls:
        return begins("tls_") || reason == Reason::kTimeoutTls || reason == Reason::kResetTls ||
               reason == Reason::kClosedTls;
      case Transient::kTimeout:
        return begins("timeout_");
      case Transient::kReset:
        return begins("reset_") || begins("closed_") || reason == Reason::kConnectReset;
      case Transient::k5xx:
        return status >= 500 && status < 600;
      case Transient::k429:
        return status == 429;
      case Transient::kAny:
        return failed;
    }
    return false;
  });
}

Duration wait_before(const Backoff& backoff, std::int64_t next, std::mt19937_64& random) {
  const auto first = static_cast<double>(backoff.interval.count());
  const auto max = static_cast<double>(backoff.max.count());
  auto wait = std::min(first * std::pow(backoff.factor, static_cast<double>(next - 2)), std::max(max, first));
  if (backoff.jitter > 0) {
    const auto fraction = static_cast<double>(random() >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
    wait *= 1 + backoff.jitter * (2 * fraction - 1);
  }
  return Duration(static_cast<std::int64_t>(std::max(0.0, wait)));
}

std::optional<Duration> retry_after(const net::Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (!same_ignoring_case(name, "Retry-After")) continue;
    std::int64_t out = 0;
    const auto* end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, out);
    constexpr std::int64_t kMax = 3600;
    if (error == std::errc() && at == end && out >= 0) return std::chrono::seconds(std::min(out, kMax));
  }
  return std::nullopt;
}

std::string_view name_of(Transient transient) {
  switch (transient) {
    case Transient::kResolve:
      return "resolve";
    case Transient::kConnect:
      return "connect";
    case Transient::kTls:
      return "tls";
    case Transient::kTimeout:
      return "timeout";
    case Transient::kReset:
      return "reset";
    case Transient::k5xx:
      return "5xx";
    case Transient::k429:
      return "429";
    case Transient::kAny:
      return "any";
  }
  return "";
}

}  // namespace vedette::scenarios
