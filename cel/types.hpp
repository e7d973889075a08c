#pragma once

// The static types of an expression, as far as they can be told: what is made from the variable may be anything, what
// is written out may not. cel-go refuses `1 + 'a'` before it runs, and so do we.

#include <optional>

#include "cel/syntax.hpp"

namespace vedette::cel {

/// The first place where no overload fits, if any.
std::optional<SyntaxError> type_error(const Node& root);

}  // namespace vedette::cel
