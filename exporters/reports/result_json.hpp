#pragma once

// A result as JSON: the schema of `--output json` and of the API (docs/results.md).

#include <boost/json/object.hpp>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

boost::json::object to_json(const Check& check, const Result& result);

/// `value` as JSON. Names of checks and targets may hold bytes that are no UTF-8, which no reader of JSON takes: each
/// becomes U+FFFD.
std::string json_text(const boost::json::value& value);

}  // namespace vedette
