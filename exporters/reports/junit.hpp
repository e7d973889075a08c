#pragma once

// Results as a JUnit report, which CI systems read.

#include <string>
#include <utility>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

using CheckedResult = std::pair<CheckPtr, Result>;

/// One <testcase> per result; a failure has its reason as type, `unknown` is an <error>.
std::string to_junit(const std::vector<CheckedResult>& results);

}  // namespace vedette
