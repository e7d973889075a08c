#pragma once

// JSON as values (RFC 8259), by Boost.JSON's parser: numbers keep their type, and whole ones their digits.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/value.hpp"

namespace vedette::language {

/// What is wrong with a text, and where.
struct TextError {
  std::size_t at = 0;  ///< bytes from the begin
  std::string message;
};

/// Arrays and objects nested deeper than 256 are an error: bodies come from hostile servers.
tl::expected<Value, TextError> parse_json(std::string_view text);

/// Without blanks; values that JSON does not have (bytes, dates, …) as texts.
std::string to_json(const Value& value);

}  // namespace vedette::language
