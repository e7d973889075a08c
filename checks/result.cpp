#include "checks/result.hpp"

#include <algorithm>
#include <array>

namespace vedette {

const Family kSuccess{"probe_success", "Displays whether or not the probe was a success", {}, true};
const Family kDurationSeconds{
    "probe_duration_seconds", "Returns how long the probe took to complete in seconds", {}, true};

const Family kFailedDueToRegex{"probe_failed_due_to_regex", "Indicates if probe failed due to regex", {}};

std::string_view name_of(Disturbance disturbance) {
  switch (disturbance) {
    case Disturbance::kNone:
      return "none";
    case Disturbance::kOverhead:
      return "overhead";
    case Disturbance::kClock:
      return "clock";
  }
  return "none";
}

const MeasureLabels& labels_of(Phase phase) {
  static const auto all = [] {
    std::array<MeasureLabels, kPhases> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = labelled({std::string(name_of(static_cast<Phase>(i)))});
    return out;
  }();
  return all.at(static_cast<std::size_t>(phase));
}

std::string_view label_name(const Family& family, const LabelValues& labels, std::size_t i) {
  return labels.names.empty() ? family.labels[i] : std::string_view(labels.names[i]);
}

double Result::value_of(const Family& family, double otherwise) const {
  const auto found =
      std::find_if(measures.begin(), measures.end(), [&](const Measure& m) { return m.family == &family; });
  return found == measures.end() ? otherwise : found->value;
}

}  // namespace vedette
