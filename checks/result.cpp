#include "checks/result.hpp"

#include <algorithm>

namespace vedette {

const Family kSuccess{"probe_success", "Displays whether or not the probe was a success", {}, true};
const Family kDurationSeconds{
    "probe_duration_seconds", "Returns how long the probe took to complete in seconds", {}, true};

const Family kFailedDueToRegex{"probe_failed_due_to_regex", "Indicates if probe failed due to regex", {}};

double Result::value_of(const Family& family, double otherwise) const {
  const auto found =
      std::find_if(measures.begin(), measures.end(), [&](const Measure& m) { return m.family == &family; });
  return found == measures.end() ? otherwise : found->value;
}

Duration Result::total_of(Phase phase) const {
  Duration total{};
  for (const auto& part : phases) {
    if (part.phase == phase) total += part.duration;
  }
  return total;
}

}  // namespace vedette
