#pragma once

// CEL expressions as trees, and the parser that makes them (https://github.com/google/cel-spec, langdef).

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "cel/value.hpp"

namespace vedette::cel {

enum class Op : std::uint8_t {
  kLiteral,
  kName,
  kSelect,  ///< operand . name
  kTest,    ///< has(operand . name)
  kIndex,
  kCall,  ///< name(arguments), the target first when `method`
  kList,
  kMap,  ///< keys and values in turns
  kNot,
  kNegate,
  kOr,
  kAnd,
  kConditional,
  kBinary,  ///< name is the operator
  kMacro,   ///< name is all, exists, exists_one, map or filter: range, then the bodies; `variable` is bound in them
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  Op op = Op::kLiteral;
  std::string name;
  std::string variable;
  bool method = false;
  Value literal;
  std::vector<NodePtr> parts;
  std::size_t at = 0;  ///< offset in the text
};

struct SyntaxError {
  std::size_t at = 0;  ///< offset in the text
  std::string message;
};

/// Names other than `names` are errors, and so are functions that there are not.
tl::expected<NodePtr, SyntaxError> parse(std::string_view text, const std::vector<std::string>& names);

}  // namespace vedette::cel
