#pragma once

// The record of a run as JSON (docs/scenarios.md).

#include <boost/json/object.hpp>

#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

boost::json::object to_json(const RunRecord& record);

}  // namespace vedette::scenarios
