#include "exporters/log/state_log.hpp"

#include <fmt/format.h>

#include "checks/kind.hpp"
#include "exporters/log/log.hpp"

namespace vedette {

void log_result(const Check& check, const Result& result, std::optional<Verdict> before, bool every_run) {
  // The first result is a change only when it is bad news.
  const bool changed = before ? *before != result.verdict : result.verdict != Verdict::kPass;
  if (!changed && !every_run) return;
  const bool bad = result.verdict == Verdict::kFail || result.verdict == Verdict::kUnknown;
  const auto level = changed && bad ? log::Level::kWarn : log::Level::kInfo;
  log::write(level, changed ? "check changed state" : "check ran",
             {{"check", check.name},
              {"instance", check.instance},
              {"kind", std::string(check.kind->name)},
              {"from", before ? std::string(name_of(*before)) : "new"},
              {"to", std::string(name_of(result.verdict))},
              {"reason", std::string(name_of(result.reason))},
              {"detail", result.message},
              {"duration_seconds", fmt::format("{:.6f}", seconds(result.duration))},
              {"overhead_seconds", fmt::format("{:.6f}", seconds(result.overhead))},
              {"attempts", fmt::format("{}", result.attempts)}});
}

}  // namespace vedette
