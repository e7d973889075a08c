#pragma once

// The values of labels, as series of Prometheus have them.

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vedette {

/// Names and values, in the order in which they are written.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// What tells the samples of a family apart.
struct LabelValues {
  std::vector<std::string> values;   ///< of family->labels, in their order
  std::vector<std::string> names{};  ///< instead of family->labels, where the user names them

  friend bool operator==(const LabelValues&, const LabelValues&) = default;
};
/// Shared, because the same few come again with every run; nullptr where there are none.
using MeasureLabels = std::shared_ptr<const LabelValues>;

MeasureLabels labelled(std::vector<std::string> values);

}  // namespace vedette
