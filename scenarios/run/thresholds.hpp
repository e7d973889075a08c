#pragma once

// Bounds of what a step took.

#include <optional>

#include "scenarios/model/record.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

/// Writes what of `step` went beyond its bounds into its record, which is complete but for that. `size`: of the
/// answer's body; without an answer nothing but attempts and the time of a poll is judged.
void judge_thresholds(const Step& step, std::optional<double> size, StepRecord& out);

}  // namespace vedette::scenarios
