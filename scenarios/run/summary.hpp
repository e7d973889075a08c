#pragma once

// What a run came to, when its steps have ended.

#include "scenarios/model/record.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

/// Makes of the steps' records the run's own state, reason and culprit, judges the thresholds of the whole, and masks
/// what a secret may be in that was learnt late.
void sum_up(const Session& session, const Scenario& scenario, RunRecord& record);

}  // namespace vedette::scenarios
