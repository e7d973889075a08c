#pragma once

// What queries, filters and predicates have in common: words set apart by blanks, patterns and paths.

#include <string>
#include <string_view>
#include <vector>

#include "language/filters/filters.hpp"
#include "language/lines/literal_parser.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// What may be meant by `word`, or all that is known.
std::string hint_for(std::string_view word, const std::vector<std::string_view>& known);

/// Skips the blanks between two words, or fails softly.
void need_blank(LiteralParser& literals);

/// `/…/`, or a text in quotes. It is compiled into `prepared` when it holds no placeholder.
Template read_pattern(LiteralParser& literals, Prepared& prepared);

/// The same for a JSONPath or an XPath in quotes.
Template read_path(LiteralParser& literals, Parameter parameter, Prepared& prepared);

}  // namespace vedette::language
