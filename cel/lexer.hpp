#pragma once

// The words of a CEL expression.

#include <string>
#include <string_view>
#include <vector>

#include "cel/syntax.hpp"

namespace vedette::cel {

enum class Token : std::uint8_t { kEnd, kName, kLiteral, kMark };

struct Word {
  Token token = Token::kEnd;
  std::string text;  ///< of a name or mark
  Value literal;
  std::size_t at = 0;
};

/// All words, and the end.
tl::expected<std::vector<Word>, SyntaxError> split(std::string_view text);

}  // namespace vedette::cel
