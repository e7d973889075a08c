#pragma once

// The families of a page in their order, and what type each has. Fixed once the store is made.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checks/result.hpp"
#include "exporters/prometheus/exposition.hpp"

namespace vedette {

class PageTable {
 public:
  struct Entry {
    const Family* family;
    MetricType type;
  };

  void enter(const Family& family, MetricType type) {
    const auto position = static_cast<std::uint16_t>(entries_.size());
    if (positions_.emplace(&family, position).second) entries_.push_back({&family, type});
  }
  [[nodiscard]] bool knows(const Family& family) const { return positions_.contains(&family); }
  [[nodiscard]] std::uint16_t position(const Family& family) const { return positions_.at(&family); }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::unordered_map<const Family*, std::uint16_t> positions_;
};

}  // namespace vedette
