#pragma once

// JSONPath expressions as trees (RFC 9535 section 2).

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/pattern.hpp"
#include "language/values/value.hpp"

namespace vedette::language::jsonpath {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Wildcard {};
struct Slice {
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> end;
  std::int64_t step = 1;
};
struct Filter {
  ExpressionPtr condition;
};
/// A member's name, an index, or one of the above.
using Selector = std::variant<std::string, std::int64_t, Wildcard, Slice, Filter>;

struct Segment {
  bool descendant = false;
  std::vector<Selector> selectors;
};

struct Query {
  bool relative = false;  ///< begins at @, the current node, instead of $
  std::vector<Segment> segments;

  /// At most one node can be found (section 2.3.5.1).
  [[nodiscard]] bool singular() const;
};

enum class Op : std::uint8_t { kOr, kAnd, kNot, kLiteral, kQuery, kCall, kEqual, kNotEqual, kLess, kLessEqual };

/// Section 2.4.1.
enum class Type : std::uint8_t { kValue, kLogical, kNodes };

struct Expression {
  Op op = Op::kLiteral;
  Value literal;
  Query query;
  std::string function;
  std::optional<config::Pattern> pattern;  ///< of match() and search(), when it is a literal
  std::vector<ExpressionPtr> parts;        ///< operands or arguments
  std::size_t at = 0;
};

/// The type of a function's result; nothing for one that there is not.
std::optional<Type> type_of(const std::string& function);

/// A pattern of RFC 9485 for a whole text (match) or any part of it (search); nothing when it is not valid.
std::optional<config::Pattern> regular_expression(const std::string& text, bool whole);

}  // namespace vedette::language::jsonpath
