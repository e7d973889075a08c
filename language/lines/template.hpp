#pragma once

// Texts with placeholders: `Bearer ${ token }`, and `Bearer {{token}}` in a Hurl file.

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "language/expressions/expression.hpp"

namespace vedette::language {

/// How a placeholder is written; in texts without any, `{{` is an error, since somebody meant one.
enum class Placeholders : std::uint8_t { kNone, kDollar, kBraces };

struct Template {
  struct Part {
    std::string text;
    std::optional<Expression> expression{};  ///< instead of the text
  };
  std::vector<Part> parts;
  Span span;  ///< as it was written, with its quotes

  static Template constant(std::string text) { return {{{std::move(text)}}, {}}; }

  [[nodiscard]] bool empty() const { return parts.empty(); }
  [[nodiscard]] bool is_constant() const;
  /// Of one that is constant.
  [[nodiscard]] std::string text() const;
  /// As a text. What is made of a secret is one, and the scope is told.
  [[nodiscard]] tl::expected<Value, Fault> render(Scope& scope) const;
  /// The same, but one that is a single placeholder keeps the type of its value.
  [[nodiscard]] tl::expected<Value, Fault> value(Scope& scope) const;
  void for_each_name(const std::function<void(std::string_view name, Span span, bool step)>& take) const;
};

/// A text of a YAML file; `$${` stands for `${`.
tl::expected<Template, SyntaxError> parse_template(std::string_view text);

/// Whether `text` holds a `${`.
bool has_placeholder(std::string_view text);

/// The text of a rendered value.
inline const std::string& text_in(const Value& value) {
  return *value.get<std::string>();
}

}  // namespace vedette::language
