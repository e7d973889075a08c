#pragma once

// Expressions as trees.

#include <memory>
#include <string>
#include <vector>

#include "language/lines/syntax.hpp"
#include "language/values/fault.hpp"
#include "language/values/value.hpp"

namespace vedette::language::expression {

enum class Op : std::uint8_t {
  kLiteral,
  kName,
  kList,
  kObject,
  kNot,
  kMinus,
  kAnd,
  kOr,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kCondition,
  kMember,
  kIndex,
  kCall,
  kPipe,
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  Op op = Op::kLiteral;
  Span span{};
  Value literal{};
  std::string name{};                ///< of a variable, member or function
  std::vector<NodePtr> parts{};      ///< operands, items or arguments
  std::vector<std::string> names{};  ///< of an object's members, or of named arguments; empty for others
  std::optional<Filter> filter{};    ///< of kPipe
};

/// The arguments of a call, ready.
struct Arguments {
  std::vector<Value> plain;
  std::vector<std::pair<std::string, Value>> named;
};

struct FunctionInfo {
  std::string_view name;
  std::size_t min = 0;
  std::size_t max = 0;
  std::vector<std::string_view> named;
  /// The error is a sentence.
  tl::expected<Value, std::string> (*call)(const Arguments& arguments, Scope& scope);
};

/// nullptr when there is none. `defined`, `default` and `step` have no `call`: they look at names.
const FunctionInfo* find_function(std::string_view name);

}  // namespace vedette::language::expression
