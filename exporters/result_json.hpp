#pragma once

// A result as JSON: the schema of `--output json` and of the API (docs/results.md).

#include <boost/json/object.hpp>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

boost::json::object to_json(const Check& check, const Result& result);

/// `2026-11-22T09:41:00.123Z`
std::string format_timestamp(std::chrono::system_clock::time_point time);

}  // namespace vedette
