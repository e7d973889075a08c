#pragma once

// Reads queries: what a line asks of an answer.

#include "language/lines/literal_parser.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// A query with its argument, of those that the dialect's vocabulary has. Failures are in `literals`.
Query read_query(LiteralParser& literals);

}  // namespace vedette::language
