#include "base/labels.hpp"

#include <utility>

namespace vedette {

MeasureLabels labelled(std::vector<std::string> values) {
  return std::make_shared<const LabelValues>(LabelValues{std::move(values)});
}

}  // namespace vedette
