#pragma once

// Reads lines of the language.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/syntax.hpp"

namespace vedette::language {

/// `query filter* predicate`. Paths, patterns and names of queries, filters and predicates are checked; the error says
/// where, and what would be right.
tl::expected<Assert, SyntaxError> parse_assert(std::string_view text, Vocabulary vocabulary);

}  // namespace vedette::language
