#pragma once

// Reads lines of the language.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/lines/literal_parser.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// `query filter* predicate`. Paths, patterns and names of queries, filters and predicates are checked; the error says
/// where, and what would be right.
tl::expected<Assert, SyntaxError> parse_assert(std::string_view text, const Dialect& dialect);

/// `query filter* ["default" value] ["redact"]`
tl::expected<Capture, SyntaxError> parse_capture(std::string_view text, const Dialect& dialect);

/// A filter with its arguments, up to where it ends.
tl::expected<Filter, SyntaxError> parse_filter(Reader& reader, const Dialect& dialect);

/// The same as part of a larger text; failures are in `literals`.
Assert read_assert(LiteralParser& literals);
Capture read_capture(LiteralParser& literals);

}  // namespace vedette::language
