#pragma once

// Runs a scenario: its steps, then its teardown, each with a budget of its own.

#include <boost/asio/awaitable.hpp>

#include "checks/kind.hpp"
#include "scenarios/model/record.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

/// One run. Always ends, within the scenario's two deadlines; when the run that `context` belongs to is cancelled, its
/// teardown still runs. Secrets are read now. All of them outlive it.
boost::asio::awaitable<RunRecord> execute(RunContext& context, const Scenario& scenario, const Inputs& inputs);

}  // namespace vedette::scenarios
