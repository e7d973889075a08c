#pragma once

// Sections of YAML whose placeholders are replaced when they are known.

#include <tl/expected.hpp>

#include "config/value.hpp"
#include "language/lines/scope.hpp"
#include "scenarios/run/findings.hpp"

namespace vedette::scenarios {

/// A copy of `section` with the placeholders of its texts replaced. What they are replaced by may not hold a reference
/// of the configuration's, `${…}`: a target could ask for a file so.
tl::expected<config::Value, Problem> substitute(const config::Value& section, language::Scope& scope);

/// Whether there is a placeholder anywhere in it.
bool has_placeholders(const YAML::Node& node);

}  // namespace vedette::scenarios
