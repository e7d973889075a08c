#pragma once

// One log line per state change of a check and, on request, one per run.

#include <optional>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// Logs `result` when its verdict differs from the one `before`, or when `every_run` is set.
void log_result(const Check& check, const Result& result, std::optional<Verdict> before, bool every_run);

}  // namespace vedette
