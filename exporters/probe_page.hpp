#pragma once

// One result as a page of Prometheus' text format, as `/probe` gives it: gauges without labels of the check.

#include <string>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// The deadline of the run in force.
extern const Family kTimeoutSeconds;
/// 1 with the reason as a label, when a run did not simply pass.
extern const Family kProbeReason;

/// All measures of `result`, the deadline, and the reason when there is one; families by name.
std::string probe_page(const Check& check, const Result& result);

}  // namespace vedette
