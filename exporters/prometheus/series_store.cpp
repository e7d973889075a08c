#include "exporters/prometheus/series_store.hpp"

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
  series_.apply(checks, [&](const CheckPtr& check, const std::shared_ptr<CheckSeries>& before) {
    return std::make_shared<CheckSeries>(layouts_, table_, check, common, before.get());
  });
}

void SeriesStore::record(const Check& check, const Result& result) {
  if (const auto series = series_.find(check)) series->record(result);
}

void SeriesStore::skipped(const CheckPtr& check, Skip /*reason*/) {
  if (const auto series = series_.find(*check)) series->skipped();
}

std::size_t SeriesStore::series_of(const std::string& name) const {
  std::size_t count = 0;
  series_.each([&](const auto& series) {
    if (series->check().name == name) count += series->cells()->layout->size();
  });
  return count;
}

void SeriesStore::append_page(std::string& page, ExpositionFormat format) const {
  std::vector<View> views;
  series_.each([&](const auto& series) { views.push_back({series, nullptr, {}, 0}); });
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
