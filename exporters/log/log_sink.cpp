#include "exporters/log/log_sink.hpp"

#include <fmt/format.h>

#include "checks/kind.hpp"
#include "exporters/log/log.hpp"

namespace vedette {

namespace {

/// Logs `result` when its verdict differs from the one `before`, or when `every_run` is set.
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

}  // namespace

void audit(const Check& check, const Result& result) {
  if (result.reason != Reason::kEgressDenied) return;
  log::warn("audit: a connection was refused by agent.egress",
            {{"check", check.name}, {"instance", check.instance}, {"detail", result.message}});
}

void LogSink::retried(const CheckPtr& check, const Result& result) {
  log::debug("check failed and will be repeated",
             {{"check", check->name}, {"instance", check->instance}, {"reason", std::string(name_of(result.reason))}});
}

void LogSink::finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> before) {
  log_result(*check, *result, before, every_run_);
  audit(*check, *result);
  if (result->reason == Reason::kInternal) {
    log::error("a run ended in a defect of Vedette; please report it",
               {{"check", check->name}, {"kind", std::string(check->kind->name)}, {"detail", result->message}});
  }
}

}  // namespace vedette
