#include "probe/agent/recorder.hpp"

#include "exporters/log/log.hpp"
#include "exporters/log/state_log.hpp"
#include "probe/config/kinds.hpp"

namespace vedette {

namespace {

std::vector<const Family*> kind_families() {
  std::vector<const Family*> out;
  for (const auto* kind : all_kinds()) out.insert(out.end(), kind->families.begin(), kind->families.end());
  return out;
}

}  // namespace

Recorder::Recorder(bool log_runs) : log_runs_(log_runs), series_(kind_families()) {}

void Recorder::apply(const std::vector<CheckPtr>& checks, const Labels& common) {
  series_.apply(checks, common);
  recent_.apply(checks);
}

std::string Recorder::page(Format format, const std::vector<ShardState>& shards) {
  metrics_.set_states(recent_.states());
  metrics_.set_shards(shards);
  std::string out;
  series_.append_page(out, format);
  append_families(out, metrics_.collect(), format);
  append_families(out, process_metrics(), format);
  if (format == Format::kOpenMetrics) out += "# EOF\n";
  return out;
}

void Recorder::started(const CheckPtr& /*check*/, Duration lateness) {
  metrics_.run_started(lateness);
}

void Recorder::skipped(const CheckPtr& check, Skip reason) {
  metrics_.run_skipped(reason);
  series_.skipped(*check);
}

void Recorder::retried(const CheckPtr& check, const Result& result) {
  metrics_.run_retried();
  log::debug("check failed and will be repeated",
             {{"check", check->name}, {"instance", check->instance}, {"reason", std::string(name_of(result.reason))}});
}

void audit(const Check& check, const Result& result) {
  if (result.reason != Reason::kEgressDenied) return;
  log::warn("audit: a connection was refused by agent.egress",
            {{"check", check.name}, {"instance", check.instance}, {"detail", result.message}});
}

void Recorder::finished(const CheckPtr& check, const ResultPtr& result) {
  metrics_.run_finished(*result);
  series_.record(*check, *result);
  log_result(*check, *result, recent_.record(*check, result), log_runs_);
  audit(*check, *result);
  if (result->reason == Reason::kInternal) {
    log::error("a run ended in a defect of Vedette; please report it",
               {{"check", check->name}, {"kind", std::string(check->kind->name)}, {"detail", result->message}});
  }
}

}  // namespace vedette
