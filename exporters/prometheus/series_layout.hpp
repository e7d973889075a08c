#pragma once

// Which series a check has, in which order, and how their own labels read. Hundreds of checks have the same ones, so
// layouts are shared: a check itself holds little more than its numbers.

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "exporters/prometheus/page_table.hpp"

namespace vedette {

/// The families that every check has beside its kind's.
extern const Family kRuns;
extern const Family kFailures;
extern const Family kWarnings;
extern const Family kLastRun;
extern const Family kLastSuccess;
extern const Family kSkipped;
extern const Family kLatency;

/// What a layout is made from. Its values stand in this order: runs, skipped, the buckets of the histogram with its sum
/// and count, the times of the last run and success, the counters by reason, the measures.
struct SeriesShape {
  Buckets buckets;   ///< nullptr: no histogram
  bool ran = false;  ///< without a run there are no times
  std::vector<Reason> failures;
  std::vector<Reason> warnings;
  std::vector<const Family*> measures;
  std::vector<MeasureLabels> labels;  ///< of each measure

  [[nodiscard]] bool has(const Measure& measure, std::size_t i) const;
  friend bool operator==(const SeriesShape& a, const SeriesShape& b);
};

class SeriesLayout {
 public:
  static constexpr std::size_t kRunsAt = 0;
  static constexpr std::size_t kSkippedAt = 1;
  static constexpr std::size_t kBucketsAt = 2;

  struct Row {
    std::uint16_t position;  ///< of the family on the page
    std::uint16_t value;     ///< the index of its number
    std::uint32_t text_at;
    std::uint32_t text_size;
    std::uint8_t suffix;
  };

  SeriesLayout(SeriesShape shape, const PageTable& table);

  [[nodiscard]] const SeriesShape& shape() const { return shape_; }
  /// In the order of the page.
  [[nodiscard]] std::span<const Row> rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  /// What a row's own labels read, with a comma before them; empty when there are none.
  [[nodiscard]] std::string_view labels_of(const Row& row) const {
    return std::string_view(text_).substr(row.text_at, row.text_size);
  }
  /// What the row's name has behind the family's.
  static std::string_view suffix_of(const Row& row);

  [[nodiscard]] std::size_t times_at() const { return kBucketsAt + (shape_.buckets ? shape_.buckets->size() + 3 : 0); }
  [[nodiscard]] std::size_t failures_at() const { return times_at() + (shape_.ran ? 2 : 0); }
  [[nodiscard]] std::size_t warnings_at() const { return failures_at() + shape_.failures.size(); }
  [[nodiscard]] std::size_t measures_at() const { return warnings_at() + shape_.warnings.size(); }

 private:
  SeriesShape shape_;
  std::vector<Row> rows_;
  std::string text_;
};

using SeriesLayoutPtr = std::shared_ptr<const SeriesLayout>;

/// Gives equal shapes the same layout, as long as somebody holds it. Thread-safe.
class LayoutPool {
 public:
  explicit LayoutPool(const PageTable& table) : table_(table) {}

  SeriesLayoutPtr layout_for(SeriesShape shape);

 private:
  const PageTable& table_;
  std::mutex mutex_;
  std::unordered_multimap<std::size_t, std::weak_ptr<const SeriesLayout>> layouts_;
};

}  // namespace vedette
