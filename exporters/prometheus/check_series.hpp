#pragma once

// The series of one check: its numbers, behind a sequence counter. Written by the check's shard alone, which never
// waits; read by scrapes, which see the check as one run left it.

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "exporters/prometheus/series_layout.hpp"

namespace vedette {

/// Numbers and what they mean. The layout never changes; the numbers do, between two steps of the sequence.
struct SeriesCells {
  explicit SeriesCells(SeriesLayoutPtr of) : layout(std::move(of)), values(layout->size()) {}

  const SeriesLayoutPtr layout;
  std::vector<std::atomic<double>> values;
  std::atomic<std::uint32_t> sequence{0};

  /// Copies the numbers to `out`, all of the same moment.
  void read(std::vector<double>& out) const;
};

class CheckSeries {
 public:
  /// Goes on with the numbers of `before`, the series of the same check as it was defined before, if there are any and
  /// they mean the same. Runs of the old definition may still come to `before`: both count in the same place, unless
  /// the check's labels have other names. Then measures may have to be named apart anew, and only counters are kept.
  CheckSeries(LayoutPool& pool, const PageTable& table, CheckPtr check,
              const std::vector<std::pair<std::string, std::string>>& common, const CheckSeries* before = nullptr);

  [[nodiscard]] const Check& check() const { return *check_; }
  /// The labels that all its series share, rendered.
  [[nodiscard]] const std::string& labels() const { return labels_; }

  void record(const Result& result);
  void skipped();

  [[nodiscard]] std::shared_ptr<const SeriesCells> cells() const {
    const std::lock_guard lock(place_->mutex);
    return place_->cells;
  }

 private:
  [[nodiscard]] bool counts_like(const CheckSeries& other) const;
  [[nodiscard]] bool exports(const Measure& measure) const;
  /// The measures of `result`, with names of their own labels that the check has already as Prometheus renames them:
  /// `exported_…`. Only a dialogue's labels are named by people.
  [[nodiscard]] std::vector<Measure> named_apart(const Result& result) const;
  void record(const Result& result, const std::vector<Measure>& measures);
  /// Whether the layout in force has rows for just what `result` brings.
  [[nodiscard]] bool fits(const Result& result, const std::vector<Measure>& measures) const;
  /// Takes a layout that has room for `result` and the counters so far.
  void relayout(const Result& result, const std::vector<Measure>& measures);

  /// The cells, and what changes them: the shard that runs the check.
  struct Place {
    std::mutex mutex;  ///< guards the pointer, not what it points to; only relayout() changes it
    std::shared_ptr<SeriesCells> cells;
  };

  LayoutPool& pool_;
  const PageTable& table_;
  const CheckPtr check_;
  std::set<std::string> names_{"check", "instance"};  ///< of the labels
  std::string labels_;
  std::shared_ptr<Place> place_ = std::make_shared<Place>();
};

}  // namespace vedette
