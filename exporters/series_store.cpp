#include "exporters/series_store.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

namespace vedette {

namespace {

const Family kRuns{"vedette_check_runs_total", "Runs of the check that counted", {}, true};
const Family kFailures{"vedette_check_failures_total", "Runs that did not pass, by reason", {"reason"}, true};
const Family kWarnings{"vedette_check_warnings_total", "Runs that passed with a warning, by reason", {"reason"}, true};
const Family kLastRun{"vedette_check_last_run_timestamp_seconds", "When the last run began, in unixtime", {}, true};
const Family kLastSuccess{
    "vedette_check_last_success_timestamp_seconds", "When the last run that passed began, in unixtime", {}, true};
const Family kSkipped{"vedette_check_skipped_total", "Due runs that were not started", {}, true};
const Family kLatency{"vedette_check_duration_seconds", "What the target took, over all runs", {}};

/// Where a family stands on the page, and what it is.
struct PageFamily {
  const Family* family;
  MetricType type;
};

/// Where the counter of skipped runs stands among a check's rows.
constexpr std::size_t kSkippedRow = 1;

double unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// One sample: where it stands, what its name ends in, and its own labels.
struct Row {
  std::uint16_t position;
  std::string_view suffix;
  std::string labels;  ///< rendered, with a comma before them when not empty
};

/// A layout and its numbers. The layout never changes; the numbers do, between two steps of the sequence.
struct Cells {
  std::vector<Row> rows;
  std::vector<std::size_t> page_order;  ///< rows by position on the page
  std::vector<std::atomic<double>> values;
  std::atomic<std::uint32_t> sequence{0};

  explicit Cells(std::vector<Row> made) : rows(std::move(made)), values(rows.size()) {
    page_order.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) page_order[i] = i;
    std::sort(page_order.begin(), page_order.end(), [this](std::size_t a, std::size_t b) {
      return rows[a].position != rows[b].position ? rows[a].position < rows[b].position : a < b;
    });
  }

  /// While one lives the numbers are being changed.
  class Writing {
   public:
    explicit Writing(Cells& cells) : cells_(cells) { cells_.sequence.fetch_add(1, std::memory_order_acq_rel); }
    ~Writing() { cells_.sequence.fetch_add(1, std::memory_order_release); }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    Cells& cells_;
  };

  void write_one(std::size_t row, double value) {
    const Writing writing(*this);
    values[row].store(value, std::memory_order_release);
  }

  void read(std::vector<double>& numbers) const {
    numbers.resize(values.size());
    while (true) {
      const auto before = sequence.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < values.size(); ++i) numbers[i] = values[i].load(std::memory_order_acquire);
      if ((before & 1U) == 0 && sequence.load(std::memory_order_acquire) == before) return;
    }
  }
};

}  // namespace

/// The families in the order of the page. Fixed once the store is made.
class PageTable {
 public:
  void enter(const Family& family, MetricType type) {
    const auto position = static_cast<std::uint16_t>(families_.size());
    if (positions_.emplace(&family, position).second) families_.push_back({&family, type});
  }
  [[nodiscard]] bool knows(const Family& family) const { return positions_.contains(&family); }
  [[nodiscard]] std::uint16_t position(const Family& family) const { return positions_.at(&family); }
  [[nodiscard]] const std::vector<PageFamily>& families() const { return families_; }

 private:
  std::vector<PageFamily> families_;
  std::unordered_map<const Family*, std::uint16_t> positions_;
};

/// The series of one check. Written by its shard, read by scrapes.
class CheckSeries {
 public:
  CheckSeries(const PageTable& table, CheckPtr check, const std::vector<std::pair<std::string, std::string>>& common)
      : table_(table),
        check_(std::move(check)),
        buckets_(check_->metrics == MetricsLevel::kFull ? check_->buckets.size() + 1 : 0) {
    append_label(labels_, "check", check_->name);
    labels_ += ',';
    append_label(labels_, "instance", check_->instance);
    for (const auto* list : {&check_->labels, &common}) {
      for (const auto& [name, value] : *list) {
        if (labels_.find(name + "=\"") != std::string::npos) continue;
        labels_ += ',';
        append_label(labels_, name, value);
      }
    }
    relayout();
  }

  [[nodiscard]] const Check& check() const { return *check_; }
  [[nodiscard]] const std::string& labels() const { return labels_; }

  void record(const Result& result) {
    ++runs_;
    last_run_ = unix_seconds(result.started);
    if (result.passed()) last_success_ = last_run_;
    if (result.reason != Reason::kNone) {
      ++(result.verdict == Verdict::kWarn ? warnings_ : failures_)[result.reason];
    }
    if (!buckets_.empty()) observe(seconds(result.duration));
    wanted_.clear();
    for (const auto& measure : result.measures) {
      const bool wanted = check_->metrics == MetricsLevel::kFull || measure.family->basic;
      if (wanted && table_.knows(*measure.family)) wanted_.push_back(&measure);
    }
    if (!fits()) relayout();
    write_all();
  }

  void skipped() {
    ++skipped_;
    cells_->write_one(kSkippedRow, skipped_);
  }

  [[nodiscard]] std::shared_ptr<const Cells> cells() const {
    const std::lock_guard lock(mutex_);
    return published_;
  }

 private:
  void observe(double value) {
    const auto bound = std::lower_bound(check_->buckets.begin(), check_->buckets.end(), value);
    ++buckets_[static_cast<std::size_t>(bound - check_->buckets.begin())];
    sum_ += value;
  }

  /// How many rows stand before those of the measures, beside the ones that are always there.
  [[nodiscard]] std::size_t extra_rows() const { return failures_.size() + warnings_.size() + (runs_ > 0 ? 2 : 0); }

  /// Whether the layout in force has rows for just the wanted measures.
  [[nodiscard]] bool fits() const {
    const auto alike = [](const Measure* a, const Measure& b) {
      return a->family == b.family && a->labels == b.labels && a->label_names == b.label_names;
    };
    return shown_extra_ == extra_rows() &&
           std::equal(wanted_.begin(), wanted_.end(), shown_.begin(), shown_.end(), alike);
  }

  void relayout() {
    shown_.clear();
    for (const auto* measure : wanted_) shown_.push_back(*measure);
    shown_extra_ = extra_rows();
    auto fresh = std::make_shared<Cells>(make_rows());
    cells_ = fresh;
    write_all();
    const std::lock_guard lock(mutex_);
    published_ = std::move(fresh);
  }

  [[nodiscard]] std::uint16_t position(const Family& family) const { return table_.position(family); }

  /// The rows in the order of write_all(): counters at fixed places, then what comes and goes.
  [[nodiscard]] std::vector<Row> make_rows() const {
    std::vector<Row> rows;
    rows.push_back({position(kRuns), "", ""});
    rows.push_back({position(kSkipped), "", ""});
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      std::string own = ",";
      append_label(own, "le", i < check_->buckets.size() ? bucket_bound(check_->buckets[i]) : "+Inf");
      rows.push_back({position(kLatency), "_bucket", std::move(own)});
    }
    if (!buckets_.empty()) {
      rows.push_back({position(kLatency), "_sum", ""});
      rows.push_back({position(kLatency), "_count", ""});
    }
    if (runs_ > 0) {
      rows.push_back({position(kLastRun), "", ""});
      rows.push_back({position(kLastSuccess), "", ""});
    }
    for (const auto* counters : {&failures_, &warnings_}) {
      const auto& family = counters == &failures_ ? kFailures : kWarnings;
      for (const auto& [reason, count] : *counters) {
        std::string own = ",";
        append_label(own, "reason", name_of(reason));
        rows.push_back({position(family), "", std::move(own)});
      }
    }
    for (const auto& measure : shown_) {
      std::string own;
      for (std::size_t i = 0; i < measure.labels.size(); ++i) {
        own += ',';
        append_label(own, measure.label_names.empty() ? measure.family->labels[i] : measure.label_names[i],
                     measure.labels[i]);
      }
      rows.push_back({position(*measure.family), "", std::move(own)});
    }
    return rows;
  }

  /// The values of make_rows(), in its order.
  void write_all() {
    const Cells::Writing writing(*cells_);
    std::size_t row = 0;
    const auto put = [&](double value) { cells_->values[row++].store(value, std::memory_order_release); };
    put(runs_);
    put(skipped_);
    double cumulative = 0;
    for (const double count : buckets_) put(cumulative += count);
    if (!buckets_.empty()) {
      put(sum_);
      put(cumulative);
    }
    if (runs_ > 0) {
      put(last_run_);
      put(last_success_);
    }
    for (const auto& [reason, count] : failures_) put(count);
    for (const auto& [reason, count] : warnings_) put(count);
    for (const auto* measure : wanted_) put(measure->value);
  }

  const PageTable& table_;
  const CheckPtr check_;
  std::string labels_;

  // The shard's own.
  double runs_ = 0, skipped_ = 0, last_run_ = 0, last_success_ = 0, sum_ = 0;
  std::map<Reason, double> failures_, warnings_;
  std::vector<double> buckets_;
  std::vector<const Measure*> wanted_;  ///< of the result that is being recorded
  std::vector<Measure> shown_;          ///< what the layout in force has rows for
  std::size_t shown_extra_ = 0;
  std::shared_ptr<Cells> cells_;

  mutable std::mutex mutex_;  ///< guards the pointer, not what it points to
  std::shared_ptr<Cells> published_;
};

SeriesStore::SeriesStore(std::span<const Family* const> families) : table_(std::make_unique<PageTable>()) {
  for (const auto* family : families) table_->enter(*family, MetricType::kGauge);
  table_->enter(kLatency, MetricType::kHistogram);
  for (const auto* family : {&kRuns, &kFailures, &kWarnings, &kSkipped}) table_->enter(*family, MetricType::kCounter);
  for (const auto* family : {&kLastRun, &kLastSuccess}) table_->enter(*family, MetricType::kGauge);
}

SeriesStore::~SeriesStore() = default;

void SeriesStore::apply(const std::vector<CheckPtr>& checks,
                        const std::vector<std::pair<std::string, std::string>>& common) {
  std::unordered_map<std::string, std::shared_ptr<CheckSeries>> next;
  std::vector<std::shared_ptr<CheckSeries>> order;
  order.reserve(checks.size());
  const std::unique_lock lock(mutex_);
  for (const auto& check : checks) {
    const auto known = by_id_.find(check->id());
    auto series = known != by_id_.end() && known->second->check().fingerprint == check->fingerprint
                      ? known->second
                      : std::make_shared<CheckSeries>(*table_, check, common);
    order.push_back(series);
    next.emplace(check->id(), std::move(series));
  }
  by_id_ = std::move(next);
  in_order_ = std::move(order);
}

std::shared_ptr<CheckSeries> SeriesStore::find(const Check& check) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(check.id());
  // A run of a definition that a reload has replaced counts for nobody.
  if (found == by_id_.end() || found->second->check().fingerprint != check.fingerprint) return nullptr;
  return found->second;
}

void SeriesStore::record(const Check& check, const Result& result) {
  if (const auto series = find(check)) series->record(result);
}

void SeriesStore::skipped(const Check& check) {
  if (const auto series = find(check)) series->skipped();
}

std::size_t SeriesStore::series_of(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  std::size_t count = 0;
  for (const auto& series : in_order_) {
    if (series->check().name == name) count += series->cells()->rows.size();
  }
  return count;
}

void SeriesStore::append_page(std::string& page, Format format) const {
  struct View {
    std::shared_ptr<CheckSeries> series;
    std::shared_ptr<const Cells> cells;
    std::vector<double> numbers;
    std::size_t next = 0;
  };
  std::vector<View> views;
  {
    const std::shared_lock lock(mutex_);
    views.reserve(in_order_.size());
    for (const auto& series : in_order_) views.push_back({series, series->cells(), {}, 0});
  }
  for (auto& view : views) view.cells->read(view.numbers);

  const auto& families = table_->families();
  for (std::size_t position = 0; position < families.size(); ++position) {
    bool first = true;
    for (auto& view : views) {
      const auto& order = view.cells->page_order;
      for (; view.next < order.size() && view.cells->rows[order[view.next]].position == position; ++view.next) {
        const auto& row = view.cells->rows[order[view.next]];
        const auto& family = *families[position].family;
        if (first) append_header(page, family.name, family.help, families[position].type, format);
        first = false;
        page += family.name;
        page += row.suffix;
        page += '{';
        page += view.series->labels();
        page += row.labels;
        page += "} ";
        append_number(page, view.numbers[order[view.next]]);
        page += '\n';
      }
    }
  }
}

std::vector<const Family*> check_families() {
  return {&kLatency, &kRuns, &kFailures, &kWarnings, &kSkipped, &kLastRun, &kLastSuccess};
}

}  // namespace vedette
