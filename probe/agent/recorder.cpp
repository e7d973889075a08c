#include "probe/agent/recorder.hpp"

#include "probe/config/kinds.hpp"

namespace vedette {

namespace {

std::vector<const Family*> kind_families() {
  std::vector<const Family*> out;
  for (const auto* kind : all_kinds()) out.insert(out.end(), kind->families.begin(), kind->families.end());
  return out;
}

}  // namespace

Recorder::Recorder(bool log_runs) : series_(kind_families()), log_(log_runs) {
  sinks_.add(metrics_);
  sinks_.add(series_);
  sinks_.add(log_);
}

void Recorder::apply(const std::vector<CheckPtr>& checks, const Labels& common) {
  sinks_.apply(checks, common);
  recent_.apply(checks);
}

std::string Recorder::page(ExpositionFormat format, const std::vector<ShardState>& shards) {
  metrics_.set_states(recent_.states());
  metrics_.set_shards(shards);
  std::string out;
  series_.append_page(out, format);
  append_families(out, metrics_.collect(), format);
  append_families(out, process_metrics(), format);
  if (format == ExpositionFormat::kOpenMetrics) out += "# EOF\n";
  return out;
}

void Recorder::finished(const CheckPtr& check, const ResultPtr& result) {
  sinks_.finished(check, result, recent_.record(*check, result));
}

}  // namespace vedette
