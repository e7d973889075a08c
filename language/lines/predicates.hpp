#pragma once

// Whether a value is as a line says.

#include <optional>
#include <string>

#include "language/lines/syntax.hpp"

namespace vedette::language {

struct Unmet {
  std::string actual;
  std::string expected;
  bool type_mismatch = false;  ///< such a value cannot be asked that
};

/// Nothing when the predicate holds. A value that is missing meets no predicate, and so every one with `not`; one of a
/// type that the predicate cannot judge meets none, with `not` neither.
std::optional<Unmet> judge(const Predicate& predicate, const Found& actual);

}  // namespace vedette::language
