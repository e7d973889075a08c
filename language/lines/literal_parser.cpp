#include "language/lines/literal_parser.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "config/duration.hpp"
#include "language/filters/filters.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

namespace {

/// As Hurl's placeholders call them, and as expressions do.
struct HurlFunction {
  std::string_view name;
  std::string_view function;
  std::size_t arguments;
};

constexpr std::array kHurlFunctions{
    HurlFunction{"newDate", "now", 0},
    HurlFunction{"newUuid", "uuid", 0},
    HurlFunction{"randomBool", "rand_bool", 0},
    HurlFunction{"randomEmail", "rand_email", 0},
    HurlFunction{"randomFirstName", "rand_first_name", 0},
    HurlFunction{"randomFullName", "rand_full_name", 0},
    HurlFunction{"randomInt", "rand_int", 2},
    HurlFunction{"randomLastName", "rand_last_name", 0},
    HurlFunction{"randomString", "rand_alnum", 1},
    HurlFunction{"randomWord", "rand_word", 0},
};

/// Letters of any script, and digits.
bool is_name_letter(std::string_view letter) {
  return letter == "_" || letter == "-" || (letter.size() == 1 && Reader::is_word(letter[0])) || letter.size() > 1;
}

}  // namespace

void LiteralParser::fail(std::size_t at, std::string message, std::string hint, std::string_view title) {
  if (!error_) error_ = SyntaxError{at, std::move(message), std::move(hint), title};
}

void LiteralParser::fail_softly(std::size_t at, std::string message, std::string hint, std::string_view title) {
  if (!error_) error_ = SyntaxError{at, std::move(message), std::move(hint), title, true};
}

bool LiteralParser::expect(std::string_view word) {
  if (failed()) return false;
  if (reader_.take(word)) return true;
  fail(reader_.at(), fmt::format("expecting '{}'", word));
  return false;
}

bool LiteralParser::forgive() {
  if (!error_ || !error_->recoverable) return false;
  error_.reset();
  return true;
}

void LiteralParser::harden() {
  if (error_) error_->recoverable = false;
}

void LiteralParser::soften() {
  if (error_) error_->recoverable = true;
}

bool LiteralParser::at_placeholder() const {
  return dialect_.placeholders == Placeholders::kBraces   ? reader_.rest().starts_with("{{")
         : dialect_.placeholders == Placeholders::kDollar ? reader_.rest().starts_with("${")
                                                          : false;
}

std::optional<Expression> LiteralParser::placeholder() {
  if (failed()) return std::nullopt;
  reader_.skip(2);
  if (dialect_.placeholders == Placeholders::kDollar) {
    auto expression = Expression::parse(reader_);
    if (!expression) {
      error_ = expression.error();
      return std::nullopt;
    }
    reader_.skip_blanks();
    expect("}");
    return std::move(*expression);
  }
  reader_.skip_blanks();
  const auto begin = reader_.at();
  while (!reader_.at_end() && is_name_letter(reader_.letter())) reader_.skip(reader_.letter().size());
  const std::string name(reader_.since(begin));
  const Span span{begin, reader_.at()};
  if (name.empty()) {
    fail(begin, "expecting a variable", {}, "Parsing template variable");
    return std::nullopt;
  }
  std::optional<Expression> out;
  for (const auto& known : kHurlFunctions) {
    if (known.name != name) continue;
    std::vector<std::int64_t> arguments;
    for (std::size_t i = 0; i < known.arguments; ++i) {
      reader_.skip_blanks();
      const auto at = reader_.at();
      arguments.push_back(integer());
      const bool ordered = i == 0 || arguments[1] >= arguments[0];
      if (!ordered) fail(at, fmt::format("expecting 'an integer greater than or equal to {}'", arguments[0]));
    }
    out = Expression::call(std::string(known.function), std::move(arguments), {begin, reader_.at()});
  }
  if (!out) out = Expression::variable(name, span);
  reader_.skip_blanks();
  expect("}}");
  return failed() ? std::nullopt : out;
}

void LiteralParser::add(Template& out, std::string& plain) {
  if (!plain.empty()) out.parts.push_back({std::move(plain)});
  plain.clear();
}

bool LiteralParser::letter(std::string_view end, Template& out, std::string& plain) {
  if (failed() || reader_.at_end()) return false;
  if (at_placeholder()) {
    add(out, plain);
    if (auto expression = placeholder()) out.parts.push_back({{}, std::move(expression)});
    return !failed();
  }
  if (dialect_.placeholders == Placeholders::kDollar && reader_.take("$${")) {
    plain += "${";
    return true;
  }
  const char c = reader_.peek();
  if (dialect_.placeholders != Placeholders::kBraces && c == '{' && reader_.peek(1) == '{') {
    fail(reader_.at(), "{{ begins a variable of Hurl's, and there are none here",
         dialect_.placeholders == Placeholders::kDollar ? "write ${ name }, or \\u{7b}\\u{7b} for two braces"
                                                        : "write \\u{7b}\\u{7b} for two braces");
    return false;
  }
  if (end.find(c) != std::string_view::npos || c == '\b' || c == '\n' || c == '\f' || c == '\r' || c == '\t') {
    return false;
  }
  reader_.skip(1);
  if (c == '\\') {
    escape(plain);
    return !failed();
  }
  plain += c;
  return true;
}

Template LiteralParser::text_until(char quote) {
  Template out;
  std::string plain;
  out.span.begin = reader_.at();
  reader_.skip(1);
  while (letter(std::string_view(&quote, 1), out, plain)) {
  }
  if (!failed() && reader_.peek() != quote) {
    fail(reader_.at(), "the text has no end", fmt::format("close it with {}", quote));
  }
  if (failed()) return {};
  reader_.skip(1);
  add(out, plain);
  out.span.end = reader_.at();
  return out;
}

Template LiteralParser::quoted() {
  if (failed()) return {};
  if (reader_.peek() != '"') {
    fail(reader_.at(), "expected a text in quotes", "write it as \"...\"");
    return {};
  }
  return text_until('"');
}

Template LiteralParser::backticked() {
  return failed() ? Template() : text_until('`');
}

Template LiteralParser::unquoted() {
  Template out;
  std::string plain;
  out.span = {reader_.at(), reader_.at()};
  std::string blanks;
  auto end = reader_.at();
  while (!failed()) {
    if (reader_.peek() == ' ') {
      blanks += ' ';
      reader_.skip(1);
      continue;
    }
    std::string more;
    Template parts;
    if (!letter("#", parts, more)) break;
    plain += blanks;
    blanks.clear();
    if (!parts.parts.empty()) {
      add(out, plain);
      out.parts.push_back(std::move(parts.parts.front()));
    }
    plain += more;
    end = reader_.at();
  }
  if (failed()) return {};
  reader_.back_to(end);
  add(out, plain);
  out.span.end = end;
  return out;
}

Template LiteralParser::verbatim(std::string_view end, bool templated) {
  Template out;
  std::string plain;
  out.span.begin = reader_.at();
  while (!failed() && !reader_.at_end() && !reader_.rest().starts_with(end)) {
    if (templated && at_placeholder()) {
      add(out, plain);
      if (auto expression = placeholder()) out.parts.push_back({{}, std::move(expression)});
    } else {
      plain += reader_.peek();
      reader_.skip(1);
    }
  }
  out.span.end = reader_.at();
  add(out, plain);
  expect(end);
  return out;
}

void LiteralParser::escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt#`";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t#`";
  const auto at = reader_.at();
  const char c = reader_.peek();
  const auto known = kNames.find(c);
  if (c != '\0' && known != std::string_view::npos) {
    reader_.skip(1);
    out += kMeanings[known];
    return;
  }
  if (c != 'u') {
    fail(at, "the escaping sequence is not valid", "known: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\# \\` \\u{1f600}",
         "Parsing escape character");
    return;
  }
  reader_.skip(1);
  if (!expect("{")) return;
  const auto digits = reader_.rest().substr(0, reader_.rest().find_first_not_of("0123456789abcdefABCDEF"));
  std::uint32_t code = 0;
  if (digits.empty()) {
    fail(reader_.at(), "expecting a valid hexadecimal number", {}, "Parsing hexadecimal number");
    return;
  }
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  reader_.skip(digits.size());
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (error != std::errc() || code > 0x10ffff || surrogate) {
    fail(reader_.at(), "invalid unicode literal", {}, "Parsing unicode literal");
    return;
  }
  if (expect("}")) append_utf8(out, code);
}

Template LiteralParser::filename() {
  Template out;
  std::string plain;
  const auto begin = reader_.at();
  if (reader_.peek() == '[') {
    fail(begin, "expecting 'filename'");
    return {};
  }
  while (!failed() && !reader_.at_end()) {
    if (at_placeholder()) {
      add(out, plain);
      if (auto expression = placeholder()) out.parts.push_back({{}, std::move(expression)});
      continue;
    }
    const char c = reader_.peek();
    if (c == '\\') {
      reader_.skip(1);
      constexpr std::string_view kOwn = "; {}:";
      if (kOwn.find(reader_.peek()) != std::string_view::npos && !reader_.at_end()) {
        plain += reader_.peek();
        reader_.skip(1);
      } else {
        escape(plain);
      }
      continue;
    }
    constexpr std::string_view kEnds = "#;{} \n\r";
    if (kEnds.find(c) != std::string_view::npos) break;
    plain += c;
    reader_.skip(1);
  }
  add(out, plain);
  if (!failed() && out.empty()) fail(begin, "expecting a filename", {}, "Parsing filename");
  out.span = {begin, reader_.at()};
  return out;
}

}  // namespace vedette::language
