#pragma once

// Expressions: what stands between `${` and `}`, and between `{{` and `}}` of a Hurl file. Total: no loops, no
// recursion, no functions of the user's, and a budget of nodes. Immutable and cheap to copy.
//
//   a ? b : c   ||  &&  == != < <= > >=   + - * / %   ! -   x.field  x[0]  x | filter "argument"   name(arguments)

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/lines/reader.hpp"
#include "language/lines/scope.hpp"

namespace vedette::language {

namespace expression {
struct Node;
}

class Expression {
 public:
  /// Reads one from `reader`, up to where it ends. The error says where, and what would be right.
  static tl::expected<Expression, SyntaxError> parse(Reader& reader);
  /// The same of a whole text, such as that of `when:`.
  static tl::expected<Expression, SyntaxError> parse_all(std::string_view text);
  /// `{{name}}`.
  static Expression variable(std::string name, Span span);
  /// `{{newUuid}}`, `{{randomInt 1 6}}`: a function of expressions by its name there, with whole numbers.
  static Expression call(std::string function, std::vector<std::int64_t> arguments, Span span);

  [[nodiscard]] tl::expected<Value, Fault> evaluate(Scope& scope) const;

  [[nodiscard]] Span span() const { return span_; }
  /// The variable that it is, and nothing more; empty when it is more.
  [[nodiscard]] std::string_view name() const;
  /// Calls `take` for each variable that must be defined, and for each step that is asked of: those that defined() and
  /// default() look at need not be.
  void for_each_name(const std::function<void(std::string_view name, Span span, bool step)>& take) const;

 private:
  Expression(std::shared_ptr<const expression::Node> root, Span span) : root_(std::move(root)), span_(span) {}

  std::shared_ptr<const expression::Node> root_;
  Span span_;
};

/// The names of all functions, for messages and the documentation.
std::vector<std::string_view> function_names();

/// Whether a value counts as true in `when:`, `&&`, `||`, `!` and `?:`; only booleans do or do not.
tl::expected<bool, Fault> truth_of(const Value& value, Span span);

}  // namespace vedette::language
