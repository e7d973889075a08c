#pragma once

// Reads predicates: what a line demands of a value.

#include <string_view>

#include "language/lines/literal_parser.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// `["not"] predicate [operands]`. Failures are in `literals`.
Predicate read_predicate(LiteralParser& literals);

/// Whether a predicate has the name `word`.
bool is_predicate(std::string_view word);

}  // namespace vedette::language
