#pragma once

// JSON as values (RFC 8259), by Boost.JSON's parser: numbers keep their type, and whole ones their digits.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/values/reading.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

/// What is wrong with a text, and where.
struct TextError {
  std::size_t at = 0;  ///< bytes from the begin
  std::string message;
  std::string limit{};  ///< the name of one that was reached
};

/// Arrays and objects nested deeper than `depth` are an error, with the limit json_depth.
tl::expected<Value, TextError> parse_json(std::string_view text, std::size_t depth = kDeepestJson);

/// Without blanks; values that JSON does not have (bytes, dates, …) as texts.
std::string to_json(const Value& value);

}  // namespace vedette::language
