#pragma once

// A compiled CEL expression over one variable. Immutable and cheap to copy; any number of threads may run it at once.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "cel/functions.hpp"
#include "cel/syntax.hpp"

namespace vedette::cel {

class Program {
 public:
  /// `variable` is the only name that the expression may use.
  static tl::expected<Program, SyntaxError> compile(std::string_view text, const std::string& variable);

  /// The expression's value with `value` for the variable. An expression that takes more than a million steps is an
  /// error: what it looks at may come from a hostile server.
  [[nodiscard]] Outcome run(const Value& value) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string variable_;
  std::shared_ptr<const Node> root_;
};

/// `text` as a value, its numbers as doubles; the error says why it is not JSON.
tl::expected<Value, std::string> from_json(std::string_view text);

}  // namespace vedette::cel
