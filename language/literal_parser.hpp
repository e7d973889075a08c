#pragma once

// Reads what lines hold beside words: texts in quotes, numbers, bytes, patterns, lists.

#include <optional>
#include <string>
#include <vector>

#include "config/pattern.hpp"
#include "language/reader.hpp"
#include "language/value.hpp"

namespace vedette::language {

/// The first failure is kept; from then on everything that is read is empty.
class LiteralParser {
 public:
  explicit LiteralParser(Reader& reader) : reader_(reader) {}

  /// A text in quotes, with its escapes: \" \\ \/ \b \f \n \r \t \# \` \u{1f600}.
  std::string quoted();
  std::int64_t integer();
  /// `/…/` or a text in quotes.
  std::optional<config::Pattern> pattern();
  /// null, true, false, a number, a text in quotes or backticks, `hex,…;` or `base64,…;`.
  Value value();
  /// `[v, …]`
  std::vector<Value> list();

  void fail(std::size_t at, std::string message, std::string hint = {});
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const SyntaxError& error() const { return *error_; }

 private:
  std::string text_until(char quote);
  void escape(std::string& out);
  Value number();
  Value bytes(std::string_view prefix);

  Reader& reader_;
  std::optional<SyntaxError> error_;
};

}  // namespace vedette::language
