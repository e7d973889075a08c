#include "language/lines/template.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vedette::language {

bool Template::is_constant() const {
  return std::none_of(parts.begin(), parts.end(), [](const Part& part) { return part.expression.has_value(); });
}

std::string Template::text() const {
  std::string out;
  for (const auto& part : parts) out += part.text;
  return out;
}

tl::expected<Value, Fault> Template::render(Scope& scope) const {
  std::string out;
  bool secret = false;
  for (const auto& part : parts) {
    if (!part.expression) {
      out += part.text;
      continue;
    }
    auto value = part.expression->evaluate(scope);
    if (!value) return value;
    const auto text = plain_text(*value);
    if (!text) {
      return tl::make_unexpected(Fault{.kind = FaultKind::kUnrenderable,
                                       .span = part.expression->span(),
                                       .message = fmt::format("{} can not be rendered", described(*value))});
    }
    if (value->is_secret()) {
      scope.keep_secret(*text);
      secret = true;
    }
    out += *text;
    if (out.size() > scope.longest_text()) {
      return tl::make_unexpected(Fault{.kind = FaultKind::kLimit,
                                       .span = part.expression->span(),
                                       .message = fmt::format("the text is longer than {} bytes", scope.longest_text()),
                                       .limit = "template_output"});
    }
  }
  return Value(std::move(out)).as_secret(secret);
}

tl::expected<Value, Fault> Template::value(Scope& scope) const {
  if (parts.size() != 1 || !parts.front().expression) return render(scope);
  auto out = parts.front().expression->evaluate(scope);
  if (out && out->is_secret()) {
    if (const auto text = plain_text(*out)) scope.keep_secret(*text);
  }
  return out;
}

void Template::for_each_name(const std::function<void(std::string_view, Span, bool)>& take) const {
  for (const auto& part : parts) {
    if (part.expression) part.expression->for_each_name(take);
  }
}

bool has_placeholder(std::string_view text) {
  return text.find("${") != std::string_view::npos;
}

tl::expected<Template, SyntaxError> parse_template(std::string_view text) {
  Template out;
  out.span = {0, text.size()};
  Reader reader(text);
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) out.parts.push_back({std::move(plain)});
    plain.clear();
  };
  while (!reader.at_end()) {
    if (reader.take("$${")) {
      plain += "${";
      continue;
    }
    const auto begin = reader.at();
    if (!reader.take("${")) {
      plain += reader.peek();
      reader.skip(1);
      continue;
    }
    flush();
    auto expression = Expression::parse(reader);
    if (!expression) return tl::make_unexpected(expression.error());
    while (reader.peek() == ' ' || reader.peek() == '\n' || reader.peek() == '\t') reader.skip(1);
    if (!reader.take("}")) {
      return tl::make_unexpected(
          SyntaxError{reader.at_end() ? begin : reader.at(),
                      reader.at_end() ? "the placeholder has no end" : "expected } or an operator",
                      "write ${ name }; $${ stands for ${"});
    }
    out.parts.push_back({{}, std::move(*expression)});
  }
  flush();
  return out;
}

}  // namespace vedette::language
