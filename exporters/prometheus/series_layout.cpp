#include "exporters/prometheus/series_layout.hpp"

#include <algorithm>
#include <array>

namespace vedette {

const Family kRuns{"vedette_check_runs_total", "Runs of the check that counted", {}, true};
const Family kFailures{"vedette_check_failures_total", "Runs that did not pass, by reason", {"reason"}, true};
const Family kWarnings{"vedette_check_warnings_total", "Runs that passed with a warning, by reason", {"reason"}, true};
const Family kLastRun{"vedette_check_last_run_timestamp_seconds", "When the last run began, in unixtime", {}, true};
const Family kLastSuccess{
    "vedette_check_last_success_timestamp_seconds", "When the last run that passed began, in unixtime", {}, true};
const Family kSkipped{"vedette_check_skipped_total", "Due runs that have no result", {}, true};
const Family kLatency{"vedette_check_duration_seconds", "What the target took, over all runs", {}};

namespace {

enum Suffix : std::uint8_t { kNone, kBucket, kSum, kCount };

bool same_labels(const MeasureLabels& a, const MeasureLabels& b) {
  return a == b || (a && b && *a == *b);
}

void mix(std::size_t& hash, std::size_t more) {
  hash ^= more + 0x9e3779b97f4a7c15ULL + (hash << 6U) + (hash >> 2U);
}

std::size_t hash_of(const SeriesShape& shape) {
  std::size_t hash = shape.ran ? 1 : 2;
  if (shape.buckets) {
    for (const double bound : *shape.buckets) mix(hash, std::hash<double>()(bound));
  }
  for (const auto reason : shape.failures) mix(hash, static_cast<std::size_t>(reason));
  mix(hash, shape.failures.size());
  for (const auto reason : shape.warnings) mix(hash, static_cast<std::size_t>(reason));
  for (const auto* family : shape.measures) mix(hash, std::hash<const void*>()(family));
  for (const auto& labels : shape.labels) {
    if (!labels) continue;
    for (const auto& value : labels->values) mix(hash, std::hash<std::string>()(value));
    for (const auto& name : labels->names) mix(hash, std::hash<std::string>()(name));
  }
  return hash;
}

}  // namespace

bool SeriesShape::has(const Measure& measure, std::size_t i) const {
  return i < measures.size() && measures[i] == measure.family && same_labels(labels[i], measure.labels);
}

bool operator==(const SeriesShape& a, const SeriesShape& b) {
  const bool same_buckets = a.buckets == b.buckets || (a.buckets && b.buckets && *a.buckets == *b.buckets);
  return same_buckets && a.ran == b.ran && a.failures == b.failures && a.warnings == b.warnings &&
         a.measures == b.measures &&
         std::equal(a.labels.begin(), a.labels.end(), b.labels.begin(), b.labels.end(), same_labels);
}

SeriesLayout::SeriesLayout(SeriesShape shape, const PageTable& table) : shape_(std::move(shape)) {
  const auto add = [&](const Family& family, Suffix suffix, const std::string& labels) {
    rows_.push_back({table.position(family), static_cast<std::uint16_t>(rows_.size()),
                     static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(labels.size()), suffix});
    text_ += labels;
  };
  const auto label = [](std::string_view name, std::string_view value) {
    std::string out = ",";
    append_label(out, name, value);
    return out;
  };
  add(kRuns, kNone, "");
  add(kSkipped, kNone, "");
  if (shape_.buckets) {
    for (const double bound : *shape_.buckets) add(kLatency, kBucket, label("le", bucket_bound(bound)));
    add(kLatency, kBucket, label("le", "+Inf"));
    add(kLatency, kSum, "");
    add(kLatency, kCount, "");
  }
  if (shape_.ran) {
    add(kLastRun, kNone, "");
    add(kLastSuccess, kNone, "");
  }
  for (const auto reason : shape_.failures) add(kFailures, kNone, label("reason", name_of(reason)));
  for (const auto reason : shape_.warnings) add(kWarnings, kNone, label("reason", name_of(reason)));
  for (std::size_t i = 0; i < shape_.measures.size(); ++i) {
    std::string own;
    const auto& labels = shape_.labels[i];
    for (std::size_t k = 0; labels && k < labels->values.size(); ++k) {
      own += label(label_name(*shape_.measures[i], *labels, k), labels->values[k]);
    }
    add(*shape_.measures[i], kNone, own);
  }
  rows_.shrink_to_fit();
  text_.shrink_to_fit();
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return a.position != b.position ? a.position < b.position : a.value < b.value;
  });
}

std::string_view SeriesLayout::suffix_of(const Row& row) {
  constexpr std::array<std::string_view, 4> kSuffixes{"", "_bucket", "_sum", "_count"};
  return kSuffixes.at(row.suffix);
}

SeriesLayoutPtr LayoutPool::layout_for(SeriesShape shape) {
  const auto hash = hash_of(shape);
  const std::lock_guard lock(mutex_);
  const auto [first, last] = layouts_.equal_range(hash);
  for (auto it = first; it != last;) {
    const auto known = it->second.lock();
    if (known && known->shape() == shape) return known;
    it = known ? std::next(it) : layouts_.erase(it);
  }
  // A shape holds the labels of one result; the layout keeps them as long as it lives.
  auto made = std::make_shared<const SeriesLayout>(std::move(shape), table_);
  layouts_.emplace(hash, made);
  return made;
}

}  // namespace vedette
