#include "scenarios/run/thresholds.hpp"

#include <fmt/format.h>

namespace vedette::scenarios {

namespace {

/// What the last attempt spent: in all, before the last redirect, or in a phase of the last hop and those before.
std::optional<double> spent_on(const std::string& of, const AttemptRecord& attempt) {
  if (of == "total") return seconds(attempt.duration);
  const auto last = attempt.phases.empty() ? 0 : attempt.phases.back().hop;
  Duration before{};
  std::optional<double> out;
  for (const auto& part : attempt.phases) {
    if (part.hop != last) before += part.duration;
    if (name_of(part.phase) == of) out = out.value_or(0) + seconds(part.duration);
  }
  return of == "redirect" ? seconds(before) : out;
}

std::optional<double> measured(const std::string& of, std::optional<double> size, const StepRecord& record) {
  if (of == "poll_wait") return seconds(record.poll_wait);
  if (of == "attempts") return static_cast<double>(record.attempts.size());
  if (of == "size" || !size) return size;
  return record.attempts.empty() ? std::nullopt : spent_on(of, record.attempts.back());
}

}  // namespace

void judge_thresholds(const Step& step, std::optional<double> size, StepRecord& out) {
  for (const auto& threshold : step.thresholds) {
    const auto value = measured(threshold.of, size, out);
    if (!value) continue;
    const auto exceeded = [&](const std::optional<double>& above, const std::optional<double>& below) {
      return above && *value > *above ? above : below && *value < *below ? below : std::nullopt;
    };
    auto bound = exceeded(threshold.fail, threshold.fail_below);
    const bool fails = bound.has_value();
    if (!fails) bound = exceeded(threshold.warn, threshold.warn_below);
    if (!bound) continue;
    const auto place = threshold.origin.place();
    out.thresholds.push_back({threshold.of, fails, *value, *bound, place});
    Finding finding;
    finding.reason = Reason::kThreshold;
    finding.place = place;
    finding.warns = !fails;
    const bool counts = threshold.of == "attempts" || threshold.of == "size";
    finding.message = counts ? fmt::format("{} is {:g}, the bound is {:g}", threshold.of, *value, *bound)
                             : fmt::format("{} took {:.3f} s, the bound is {:.3f} s", threshold.of, *value, *bound);
    out.findings.push_back(std::move(finding));
  }
}

}  // namespace vedette::scenarios
