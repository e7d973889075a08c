#pragma once

// One run as one line of JSON: for programs that read thousands of them. The numbers without the evidence, which
// result_json.hpp has.

#include <cstddef>
#include <string>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// Appends the line with its line break. `run` counts from 0. Phases are summed over redirects, in seconds.
void append_result_line(std::string& out, std::size_t run, const Check& check, const Result& result);

}  // namespace vedette
