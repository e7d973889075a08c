#pragma once

// What a query finds in an answer.

#include "language/filters.hpp"
#include "language/subject.hpp"

namespace vedette::language {

/// Nothing when the answer does not have it; an error when it cannot be looked at, such as JSON in a text that is none.
Outcome find(const Query& query, const Subject& subject);

}  // namespace vedette::language
