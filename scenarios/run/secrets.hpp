#pragma once

// The secrets of a scenario, read when a run begins: a rotated one counts at once.

#include <string>
#include <tl/expected.hpp>

#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

/// The value; files are looked for beside the one that names them, and trimmed. The error says what is missing, never a
/// value.
tl::expected<std::string, std::string> read_secret(const SecretSource& source);

}  // namespace vedette::scenarios
