#include "exporters/series_store.hpp"

#include <mutex>

namespace vedette {

namespace {

/// One check as a page is being made of it.
struct View {
  std::shared_ptr<CheckSeries> series;
  std::shared_ptr<const SeriesCells> cells;
  std::vector<double> numbers;
  std::size_t next = 0;
};

/// At least the bytes of all lines, so that the page never moves while it grows.
std::size_t bound_of(const std::vector<View>& views, const PageTable& table) {
  constexpr std::size_t kNumber = 24;
  constexpr std::size_t kPunctuation = 5;
  constexpr std::size_t kHeader = 300;
  std::size_t bytes = table.entries().size() * kHeader;
  for (const auto& view : views) {
    const auto& layout = *view.cells->layout;
    for (const auto& row : layout.rows()) {
      bytes += table.entries()[row.position].family->name.size() + SeriesLayout::suffix_of(row).size() +
               view.series->labels().size() + row.text_size + kNumber + kPunctuation;
    }
  }
  return bytes;
}

}  // namespace

SeriesStore::SeriesStore(std::span<const Family* const> families) : layouts_(table_) {
  for (const auto* family : families) table_.enter(*family, MetricType::kGauge);
  table_.enter(kLatency, MetricType::kHistogram);
  for (const auto* family : {&kRuns, &kFailures, &kWarnings, &kSkipped}) table_.enter(*family, MetricType::kCounter);
  for (const auto* family : {&kLastRun, &kLastSuccess}) table_.enter(*family, MetricType::kGauge);
}

void SeriesStore::apply(const std::vector<CheckPtr>& checks,
                        const std::vector<std::pair<std::string, std::string>>& common) {
  std::unordered_map<std::uint64_t, std::shared_ptr<CheckSeries>> next;
  std::vector<std::shared_ptr<CheckSeries>> order;
  next.reserve(checks.size());
  order.reserve(checks.size());
  // Only this thread changes the maps: new series are made before anybody has to wait.
  for (const auto& check : checks) {
    const auto known = by_key_.find(check->key());
    auto series = known != by_key_.end() && known->second->check().fingerprint == check->fingerprint
                      ? known->second
                      : std::make_shared<CheckSeries>(layouts_, table_, check, common);
    order.push_back(series);
    next.emplace(check->key(), std::move(series));
  }
  const std::unique_lock lock(mutex_);
  by_key_.swap(next);
  in_order_.swap(order);
}

std::shared_ptr<CheckSeries> SeriesStore::find(const Check& check) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_key_.find(check.key());
  // A run of a definition that a reload has replaced counts for nobody.
  if (found == by_key_.end() || found->second->check().fingerprint != check.fingerprint) return nullptr;
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
    if (series->check().name == name) count += series->cells()->layout->size();
  }
  return count;
}

void SeriesStore::append_page(std::string& page, Format format) const {
  std::vector<View> views;
  {
    const std::shared_lock lock(mutex_);
    views.reserve(in_order_.size());
    for (const auto& series : in_order_) views.push_back({series, nullptr, {}, 0});
  }
  for (auto& view : views) {
    view.cells = view.series->cells();
    view.cells->read(view.numbers);
  }
  page.reserve(page.size() + bound_of(views, table_));
  for (std::size_t position = 0; position < table_.entries().size(); ++position) {
    const auto& [family, type] = table_.entries()[position];
    bool first = true;
    for (auto& view : views) {
      const auto& layout = *view.cells->layout;
      const auto rows = layout.rows();
      for (; view.next < rows.size() && rows[view.next].position == position; ++view.next) {
        const auto& row = rows[view.next];
        if (first) append_header(page, family->name, family->help, type, format);
        first = false;
        page += family->name;
        page += SeriesLayout::suffix_of(row);
        page += '{';
        page += view.series->labels();
        page += layout.labels_of(row);
        page += "} ";
        append_number(page, view.numbers[row.value]);
        page += '\n';
      }
    }
  }
}

std::vector<const Family*> check_families() {
  return {&kLatency, &kRuns, &kFailures, &kWarnings, &kSkipped, &kLastRun, &kLastSuccess};
}

}  // namespace vedette
