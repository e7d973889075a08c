#pragma once

// Whether every variable that a scenario uses can be there: defined by `vars`, `secrets` or an earlier step.

#include <set>
#include <string>

#include "config/diagnostic.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

/// What cannot be there is an error at its place, with the nearest name. `given` are defined elsewhere.
void check_data_flow(const Scenario& scenario, const std::set<std::string>& given, config::Diagnostics& diagnostics);

}  // namespace vedette::scenarios
