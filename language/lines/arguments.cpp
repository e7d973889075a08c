#include "language/lines/arguments.hpp"

#include <fmt/format.h>

#include "config/nearest.hpp"

namespace vedette::language {

std::string hint_for(std::string_view word, const std::vector<std::string_view>& known) {
  auto close = config::nearest(word, known);
  // toInteger for toInt.
  for (const auto& name : known) {
    if (!close && name.size() > 2 && word.starts_with(name)) close = name;
  }
  return close ? fmt::format("did you mean {}?", *close) : fmt::format("known: {}", fmt::join(known, ", "));
}

void need_blank(LiteralParser& literals) {
  auto& reader = literals.reader();
  const auto before = reader.at();
  reader.skip_blanks();
  if (reader.at() == before) literals.fail_softly(before, "expected a blank", {}, "Parsing space");
}

Template read_pattern(LiteralParser& literals, Prepared& prepared) {
  auto& reader = literals.reader();
  const bool strict = literals.dialect().strict_hurl;
  const auto at = reader.at();
  if (reader.peek() == '/') {
    auto compiled = literals.slashed_pattern();
    if (!compiled) return {};
    auto text = Template::constant(compiled->text());
    text.span = {at, reader.at()};
    prepared = std::move(*compiled);
    return text;
  }
  if (reader.peek() != '"') {
    literals.fail(at, "expecting '\" or /'", "a pattern stands in quotes or between / and /");
    return {};
  }
  auto text = literals.quoted();
  if (literals.failed() || !text.is_constant()) return text;
  auto compiled = strict ? compile_strictly(text.text()) : config::Pattern::compile(text.text());
  if (compiled) {
    prepared = std::move(*compiled);
  } else if (!strict) {
    literals.fail(at, "not a regular expression: " + compiled.error(),
                  "the dialect is RE2: no look-around and no back-references");
  }
  return text;
}

Template read_path(LiteralParser& literals, Parameter parameter, Prepared& prepared) {
  const bool strict = literals.dialect().strict_hurl;
  const auto at = literals.reader().at();
  auto text = literals.quoted();
  if (literals.failed() || !text.is_constant()) return text;
  if (parameter == Parameter::kJsonPath) {
    auto compiled = JsonPath::parse(text.text(), strict);
    if (compiled) {
      prepared = std::move(*compiled);
    } else if (!strict) {
      literals.fail(at + 1 + compiled.error().at, "not a JSONPath: " + compiled.error().message,
                    "RFC 9535: $.items[0].name");
    }
    return text;
  }
  auto compiled = XPath::compile(text.text());
  if (compiled) {
    prepared = std::move(*compiled);
  } else if (!strict) {
    literals.fail(at, compiled.error());
  }
  return text;
}

}  // namespace vedette::language
