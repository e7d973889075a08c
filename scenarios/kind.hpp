#pragma once

// Scenarios as a kind of check: many steps, one verdict.

#include <memory>

#include "checks/kind.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

struct ScenarioSettings final : Settings {
  ScenarioPtr scenario;
  Inputs inputs;

  [[nodiscard]] std::chrono::nanoseconds own_timeout() const override;
  [[nodiscard]] std::chrono::nanoseconds own_interval() const override { return scenario->every; }
};

extern const Kind kKind;

}  // namespace vedette::scenarios
