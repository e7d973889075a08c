#include "exporters/prometheus/check_series.hpp"

#include <algorithm>

namespace vedette {

namespace {

double unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// While one lives the numbers are being changed.
class Writing {
 public:
  explicit Writing(SeriesCells& cells) : cells_(cells) { cells_.sequence.fetch_add(1, std::memory_order_acq_rel); }
  ~Writing() { cells_.sequence.fetch_add(1, std::memory_order_release); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  void set(std::size_t at, double value) { cells_.values[at].store(value, std::memory_order_release); }
  void add(std::size_t at, double value) { set(at, cells_.values[at].load(std::memory_order_relaxed) + value); }

 private:
  SeriesCells& cells_;
};

std::size_t index_of(const std::vector<Reason>& reasons, Reason reason) {
  return static_cast<std::size_t>(std::find(reasons.begin(), reasons.end(), reason) - reasons.begin());
}

/// New cells of that shape, which has at least the reasons of the old ones, with their counters and times.
std::shared_ptr<SeriesCells> counters_of(LayoutPool& pool, const SeriesCells& cells, SeriesShape shape) {
  const auto& old = *cells.layout;
  auto fresh = std::make_shared<SeriesCells>(pool.layout_for(std::move(shape)));
  const auto& layout = *fresh->layout;
  const auto copy = [&](std::size_t from, std::size_t count, std::size_t to) {
    for (std::size_t i = 0; i < count; ++i) fresh->values[to + i] = cells.values[from + i].load();
  };
  copy(0, old.times_at(), 0);
  if (old.shape().ran) copy(old.times_at(), 2, layout.times_at());
  // Reasons are only ever added behind those known.
  copy(old.failures_at(), old.shape().failures.size(), layout.failures_at());
  copy(old.warnings_at(), old.shape().warnings.size(), layout.warnings_at());
  return fresh;
}

}  // namespace

void SeriesCells::read(std::vector<double>& out) const {
  out.resize(values.size());
  while (true) {
    const auto before = sequence.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < values.size(); ++i) out[i] = values[i].load(std::memory_order_acquire);
    if ((before & 1U) == 0 && sequence.load(std::memory_order_acquire) == before) return;
  }
}

CheckSeries::CheckSeries(LayoutPool& pool, const PageTable& table, CheckPtr check,
                         const std::vector<std::pair<std::string, std::string>>& common, const CheckSeries* before)
    : pool_(pool), table_(table), check_(std::move(check)) {
  append_label(labels_, "check", check_->name);
  labels_ += ',';
  append_label(labels_, "instance", check_->instance);
  for (const auto* list : {&check_->labels, &common}) {
    for (const auto& [name, value] : *list) {
      if (!names_.insert(name).second) continue;
      labels_ += ',';
      append_label(labels_, name, value);
    }
  }
  labels_.shrink_to_fit();
  if (before != nullptr && counts_like(*before)) {
    if (names_ == before->names_) {
      place_ = before->place_;
    } else {
      const auto cells = before->cells();
      auto shape = cells->layout->shape();
      shape.measures.clear();
      shape.labels.clear();
      place_->cells = counters_of(pool_, *cells, std::move(shape));
    }
    return;
  }
  SeriesShape shape;
  if (check_->metrics == MetricsLevel::kFull) shape.buckets = check_->buckets;
  place_->cells = std::make_shared<SeriesCells>(pool_.layout_for(std::move(shape)));
}

bool CheckSeries::counts_like(const CheckSeries& other) const {
  const auto& a = *check_;
  const auto& b = *other.check_;
  const bool same_buckets = a.buckets == b.buckets || (a.buckets && b.buckets && *a.buckets == *b.buckets);
  return a.kind == b.kind && a.metrics == b.metrics && same_buckets;
}

bool CheckSeries::exports(const Measure& measure) const {
  return (check_->metrics == MetricsLevel::kFull || measure.family->basic) && table_.knows(*measure.family);
}

std::vector<Measure> CheckSeries::named_apart(const Result& result) const {
  auto out = result.measures;
  for (auto& measure : out) {
    if (!measure.labels || measure.labels->names.empty()) continue;
    LabelValues own = *measure.labels;
    std::set<std::string> taken = names_;
    for (auto& name : own.names) {
      while (!taken.insert(name).second) name.insert(0, "exported_");
    }
    measure.labels = std::make_shared<const LabelValues>(std::move(own));
  }
  return out;
}

bool CheckSeries::fits(const Result& result, const std::vector<Measure>& measures) const {
  const auto& shape = place_->cells->layout->shape();
  if (!shape.ran) return false;
  if (result.reason != Reason::kNone) {
    const auto& reasons = result.verdict == Verdict::kWarn ? shape.warnings : shape.failures;
    if (index_of(reasons, result.reason) == reasons.size()) return false;
  }
  std::size_t i = 0;
  for (const auto& measure : measures) {
    // What stands in the layout is exported: only what does not needs to be looked up.
    if (shape.has(measure, i)) {
      ++i;
    } else if (exports(measure)) {
      return false;
    }
  }
  return i == shape.measures.size();
}

void CheckSeries::relayout(const Result& result, const std::vector<Measure>& measures) {
  const auto& old = *place_->cells->layout;
  SeriesShape shape = old.shape();
  shape.ran = true;
  if (result.reason != Reason::kNone) {
    auto& reasons = result.verdict == Verdict::kWarn ? shape.warnings : shape.failures;
    if (index_of(reasons, result.reason) == reasons.size()) reasons.push_back(result.reason);
  }
  shape.measures.clear();
  shape.labels.clear();
  for (const auto& measure : measures) {
    if (!exports(measure)) continue;
    shape.measures.push_back(measure.family);
    shape.labels.push_back(measure.labels);
  }
  auto fresh = counters_of(pool_, *place_->cells, std::move(shape));
  const std::lock_guard lock(place_->mutex);
  place_->cells = std::move(fresh);
}

void CheckSeries::record(const Result& result) {
  const bool named_by_people = std::any_of(result.measures.begin(), result.measures.end(), [](const Measure& measure) {
    return measure.labels && !measure.labels->names.empty();
  });
  if (named_by_people) return record(result, named_apart(result));
  record(result, result.measures);
}

void CheckSeries::record(const Result& result, const std::vector<Measure>& measures) {
  if (!fits(result, measures)) relayout(result, measures);
  const auto& layout = *place_->cells->layout;
  const auto& shape = layout.shape();
  Writing writing(*place_->cells);
  writing.add(SeriesLayout::kRunsAt, 1);
  if (shape.buckets) {
    const double value = seconds(result.duration);
    const auto count = shape.buckets->size();
    const auto first = std::lower_bound(shape.buckets->begin(), shape.buckets->end(), value) - shape.buckets->begin();
    for (auto i = static_cast<std::size_t>(first); i <= count; ++i) writing.add(SeriesLayout::kBucketsAt + i, 1);
    writing.add(SeriesLayout::kBucketsAt + count + 1, value);
    writing.add(SeriesLayout::kBucketsAt + count + 2, 1);
  }
  const double started = unix_seconds(result.started);
  writing.set(layout.times_at(), started);
  if (result.passed()) writing.set(layout.times_at() + 1, started);
  if (result.reason != Reason::kNone) {
    const bool warned = result.verdict == Verdict::kWarn;
    writing.add(warned ? layout.warnings_at() + index_of(shape.warnings, result.reason)
                       : layout.failures_at() + index_of(shape.failures, result.reason),
                1);
  }
  std::size_t i = 0;
  for (const auto& measure : measures) {
    if (shape.has(measure, i)) writing.set(layout.measures_at() + i++, measure.value);
  }
}

void CheckSeries::skipped() {
  Writing(*place_->cells).add(SeriesLayout::kSkippedAt, 1);
}

}  // namespace vedette
