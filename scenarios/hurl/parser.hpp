#pragma once

// Reads .hurl files (https://hurl.dev/docs/grammar.html): recursive descent with Hurl's points of no return, so that a
// file is refused where Hurl refuses it. Where its published grammar and its program differ, the program counts.

#include <memory>
#include <tl/expected.hpp>

#include "language/lines/reader.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios::hurl {

/// A step for each entry, called e1, e2, …, or as a comment `# @id NAME` before it says.
tl::expected<Steps, language::SyntaxError> parse(const std::shared_ptr<const config::Source>& source);

}  // namespace vedette::scenarios::hurl
