#pragma once

// The series of all checks: their latest measures, counters and histograms, ready to be scraped.
//
// A check's shard is its only writer and never waits for a scrape. A page shows each check as one run left it. What a
// line shares with others is rendered once: the check's labels when the check comes, a series' own with its layout.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "exporters/prometheus/by_check.hpp"
#include "exporters/prometheus/check_series.hpp"
#include "exporters/prometheus/exposition.hpp"
#include "exporters/sink.hpp"

namespace vedette {

class SeriesStore final : public Sink {
 public:
  /// `families`: all that kinds may measure; a measure of another family is not exported.
  explicit SeriesStore(std::span<const Family* const> families);
  SeriesStore(const SeriesStore&) = delete;
  SeriesStore& operator=(const SeriesStore&) = delete;

  /// Makes `checks` the ones that have series. Checks of a known name and target keep their numbers, as long as they
  /// have the same kind, buckets and level of metrics; the series of those that went away vanish. `common` labels stand
  /// behind each check's own.
  void apply(const std::vector<CheckPtr>& checks, const Labels& common) override;

  /// From the check's shard.
  void record(const Check& check, const Result& result);
  void finished(const CheckPtr& check, const ResultPtr& result, std::optional<Verdict> /*before*/) override {
    record(*check, *result);
  }
  void skipped(const CheckPtr& check, Skip reason) override;

  /// Appends all families with their samples.
  void append_page(std::string& page, ExpositionFormat format) const;

  /// How many series the check called `name` has now, over all its targets.
  [[nodiscard]] std::size_t series_of(const std::string& name) const;

 private:
  PageTable table_;
  LayoutPool layouts_;
  ByCheck<CheckSeries> series_;
};

/// The families that every check has beside its kind's, for the documentation and its test.
std::vector<const Family*> check_families();

}  // namespace vedette
