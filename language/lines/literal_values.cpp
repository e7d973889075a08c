// Values as literals: numbers, bytes, patterns, lists, and texts of several lines.

#include "language/lines/literal_parser.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "config/duration.hpp"
#include "language/filters/filters.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

std::int64_t LiteralParser::integer() {
  if (failed()) return 0;
  const auto at = reader_.at();
  const auto begin = at;
  reader_.take("-");
  while (Reader::is_digit(reader_.peek())) reader_.skip(1);
  const auto text = reader_.since(begin);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (error != std::errc() || end != text.data() + text.size() || (digits.size() > 1 && digits[0] == '0')) {
    reader_.back_to(at);
    fail(at, "expected a whole number");
    return 0;
  }
  return value;
}

std::optional<config::Pattern> LiteralParser::slashed_pattern() {
  if (failed()) return std::nullopt;
  reader_.skip(1);
  const auto at = reader_.at();
  std::string text;
  while (reader_.peek() != '/') {
    if (reader_.at_end()) {
      fail(reader_.at(), "invalid Regex expression: unexpected end of file", "close it with /", "Parsing regex");
      return std::nullopt;
    }
    // Everything but \/ is the pattern's own business.
    if (reader_.peek() == '\\' && reader_.peek(1) == '/') {
      reader_.skip(1);
    } else if (reader_.peek() == '\\') {
      text += '\\';
      reader_.skip(1);
      if (reader_.at_end()) continue;
    }
    text += reader_.peek();
    reader_.skip(1);
  }
  reader_.skip(1);
  auto compiled = dialect_.strict_hurl ? compile_strictly(text) : config::Pattern::compile(text);
  if (compiled) return std::move(*compiled);
  fail(at, "not a regular expression: " + compiled.error(), "the dialect is RE2: no look-around and no back-references",
       "Parsing regex");
  return std::nullopt;
}

std::optional<Value> LiteralParser::plain_value() {
  if (failed()) return std::nullopt;
  if (reader_.take("null")) return Value();
  if (reader_.take("true")) return Value(true);
  if (reader_.take("false")) return Value(false);
  const auto begin = reader_.at();
  reader_.take("-");
  const auto digits_at = reader_.at();
  while (Reader::is_digit(reader_.peek())) reader_.skip(1);
  const auto digits = reader_.since(digits_at);
  if (digits.empty()) {
    reader_.back_to(begin);
    return std::nullopt;
  }
  if (digits.size() > 1 && digits[0] == '0') {
    fail(reader_.at(), "expecting 'natural'", "a number has no zero in front");
    return std::nullopt;
  }
  if (reader_.take(".")) {
    const auto fraction_at = reader_.at();
    while (Reader::is_digit(reader_.peek())) reader_.skip(1);
    if (reader_.at() == fraction_at) {
      fail(fraction_at, "expecting 'decimal digits'");
      return std::nullopt;
    }
  }
  const auto number = reader_.since(begin);
  if (!dialect_.strict_hurl && Reader::is_word(reader_.peek())) {
    reader_.take_word();
    const auto text = reader_.since(begin);
    fail(begin, fmt::format("'{}' is not a number", text),
         config::parse_duration(text) ? "numbers have no unit: duration and timing are in milliseconds" : "");
    return std::nullopt;
  }
  const auto parsed = parse_json(number);
  if (!parsed) fail(begin, "the number is too large");
  return parsed ? std::optional<Value>(*parsed) : std::nullopt;
}

Value LiteralParser::hex_bytes() {
  reader_.skip(3);
  if (!expect(",")) return {};
  reader_.skip_blanks();
  std::string out;
  int half = -1;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  for (int value = digit(reader_.peek()); value >= 0; value = digit(reader_.peek())) {
    reader_.skip(1);
    if (half >= 0) out += static_cast<char>(half * 16 + value);
    half = half < 0 ? value : -1;
  }
  if (half >= 0) {
    fail(reader_.at(), "expecting an even number of hex digits", {}, "Parsing hex bytearray");
    return {};
  }
  reader_.skip_blanks();
  expect(";");
  return Value(Bytes{std::move(out)});
}

Value LiteralParser::base64_bytes() {
  reader_.skip(6);
  if (!expect(",")) return {};
  const auto begin = reader_.at();
  std::string text;
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || Reader::is_digit(c) || c == '+' || c == '/' || c == '=';
  };
  while (!reader_.at_end()) {
    const char c = reader_.peek();
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank && !is_base64(c)) break;
    if (!blank) text += c;
    reader_.skip(1);
  }
  if (!expect(";")) return {};
  // Padding may be left out.
  while (text.size() % 4 != 0) text += '=';
  const auto decoded = base64_decode(Value(std::move(text)), {});
  if (decoded) return **decoded;
  fail(begin, "the bytes are not base64");
  return {};
}

std::string LiteralParser::fence_hint() {
  const auto at = reader_.at();
  while (Reader::is_word(reader_.peek())) reader_.skip(1);
  auto hint = std::string(reader_.since(at));
  const bool known = hint.empty() || hint == "json" || hint == "xml" || hint == "graphql" || hint == "raw";
  if (!known) {
    fail(at, fmt::format("Invalid attribute {}", hint), "known: json, xml, graphql, raw", "Parsing multiline");
    return hint;
  }
  reader_.skip_blanks();
  if (!reader_.take("\r\n") && !reader_.take("\n")) fail(reader_.at(), "expecting 'newline'");
  return hint;
}

Operand LiteralParser::fenced() {
  const auto line = reader_.rest().substr(0, reader_.rest().find('\n'));
  const bool one_line = line.find("```") != std::string_view::npos;
  if (one_line && !dialect_.strict_hurl) return verbatim("```", true);
  const auto hint = fence_hint();
  auto text = verbatim("```", hint != "raw");
  if (failed() || hint != "graphql") return text;
  // The body of the request that such a text makes.
  if (!text.is_constant()) {
    fail(text.span.begin, "a GraphQL text to compare with has no placeholders", "write the JSON of the request");
    return Value();
  }
  return Value(fmt::format(R"({{"query":{}}})", to_json(Value(std::string(trim(text.text()))))));
}

Operand LiteralParser::operand() {
  if (failed()) return Value();
  const auto begin = reader_.at();
  const auto rest = reader_.rest();
  if (at_placeholder()) {
    auto expression = placeholder();
    return expression ? Operand(std::move(*expression)) : Operand(Value());
  }
  if (rest.starts_with("file")) {
    reader_.skip(4);
    if (!expect(",")) return Value();
    reader_.skip_blanks();
    auto path = filename();
    reader_.skip_blanks();
    expect(";");
    return FileOperand{std::move(path), {begin, reader_.at()}};
  }
  if (rest.starts_with("hex")) return hex_bytes();
  if (rest.starts_with("base64")) return base64_bytes();
  if (rest.starts_with("```")) {
    reader_.skip(3);
    return fenced();
  }
  if (reader_.peek() == '"') return quoted();
  if (reader_.peek() == '`') return backticked();
  if (reader_.peek() == '/') {
    // Hurl takes a pattern for any predicate; but for `matches`, no value is equal to one.
    slashed_pattern();
    return Value(Unit());
  }
  if (auto value = plain_value()) return std::move(*value);
  if (!failed()) {
    fail(begin, "expected a value", "a number, a text in quotes, true, false, null, hex,...; or base64,...;",
         "Parsing predicate value");
  }
  return Value();
}

std::vector<Operand> LiteralParser::list() {
  std::vector<Operand> out;
  const auto begin = reader_.at();
  if (failed()) return out;
  if (!reader_.take("[")) {
    fail(begin, "expected a list", "write [200, 201]");
    return out;
  }
  do {
    reader_.skip_blanks();
    out.push_back(operand());
    reader_.skip_blanks();
  } while (!failed() && reader_.take(","));
  if (!failed() && !reader_.take("]")) fail(reader_.at(), "expected , or ]");
  return out;
}

}  // namespace vedette::language
