#pragma once

// What a query finds in an answer.

#include "language/filters/filters.hpp"
#include "language/lines/scope.hpp"
#include "language/lines/subject.hpp"

namespace vedette::language {

/// Nothing when the answer does not have it; a fault, with its place in the line, when it cannot be looked at, such as
/// JSON in a text that is none.
using Looked = tl::expected<Found, Fault>;

Looked find(const Query& query, const Subject& subject, Scope& scope);

}  // namespace vedette::language
