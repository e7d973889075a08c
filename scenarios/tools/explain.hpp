#pragma once

// What a scenario would do, in words and as a Hurl file.

#include <string>
#include <tl/expected.hpp>

#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

std::size_t count_steps(const Scenario& scenario);

/// The plan: each step with what it sends, waits for and leaves behind.
std::string explain(const Scenario& scenario);

/// The same requests, captures and lines as a Hurl file (https://hurl.dev). The error names what Hurl does not have.
tl::expected<std::string, std::string> to_hurl(const Scenario& scenario);

}  // namespace vedette::scenarios
