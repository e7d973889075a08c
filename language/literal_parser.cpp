#include "language/literal_parser.hpp"

#include <fmt/format.h>

#include <charconv>

#include "language/filters.hpp"
#include "language/json.hpp"

namespace vedette::language {

void LiteralParser::fail(std::size_t at, std::string message, std::string hint) {
  if (!error_) error_ = SyntaxError{at, std::move(message), std::move(hint)};
}

std::string LiteralParser::quoted() {
  if (failed()) return {};
  if (reader_.peek() != '"') {
    fail(reader_.at(), "here should be a text in quotes", "write it as \"...\"");
    return {};
  }
  return text_until('"');
}

std::string LiteralParser::text_until(char quote) {
  const auto begin = reader_.at();
  reader_.skip(1);
  std::string out;
  while (!failed()) {
    if (reader_.at_end() || reader_.peek() == '\n') {
      fail(begin, "the text has no end", fmt::format("close it with {}", quote));
      break;
    }
    const char c = reader_.peek();
    if (c == '{' && reader_.peek(1) == '{') {
      fail(reader_.at(), "{{ begins a variable, and there are none here", "write \\u{7b}\\u{7b} for two braces");
      break;
    }
    reader_.skip(1);
    if (c == quote) return out;
    if (c == '\\') {
      escape(out);
    } else {
      out += c;
    }
  }
  return {};
}

void LiteralParser::escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt#`";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t#`";
  const auto at = reader_.at() - 1;
  const char c = reader_.peek();
  const auto known = kNames.find(c);
  reader_.skip(1);
  if (c != '\0' && known != std::string_view::npos) {
    out += kMeanings[known];
    return;
  }
  std::uint32_t code = 0;
  if (c == 'u' && reader_.take("{")) {
    const auto digits = reader_.rest().substr(0, reader_.rest().find('}'));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (error == std::errc() && end == digits.data() + digits.size() && code <= 0x10ffff && !surrogate) {
      reader_.skip(digits.size() + 1);
      append_utf8(out, code);
      return;
    }
  }
  fail(at, "there is no such escape", "known: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\# \\` \\u{1f600}");
}

std::int64_t LiteralParser::integer() {
  const auto at = reader_.at();
  const auto value = number();
  const auto* whole = value.get<std::int64_t>();
  if (whole == nullptr) fail(at, "here should be a whole number");
  return whole == nullptr ? 0 : *whole;
}

std::optional<config::Pattern> LiteralParser::pattern() {
  if (failed()) return std::nullopt;
  const auto at = reader_.at();
  std::string text;
  if (reader_.take("/")) {
    while (reader_.peek() != '/') {
      if (reader_.at_end()) {
        fail(at, "the pattern has no end", "close it with /");
        return std::nullopt;
      }
      // Everything but \/ is the pattern's own business.
      if (reader_.peek() == '\\' && reader_.peek(1) == '/')
        reader_.skip(1);
      else if (reader_.peek() == '\\') {
        text += '\\';
        reader_.skip(1);
      }
      text += reader_.peek();
      reader_.skip(1);
    }
    reader_.skip(1);
  } else {
    text = quoted();
    if (failed()) return std::nullopt;
  }
  auto compiled = config::Pattern::compile(text);
  if (compiled) return std::move(*compiled);
  fail(at, "not a regular expression: " + compiled.error(),
       "the dialect is RE2: no look-around and no back-references");
  return std::nullopt;
}

Value LiteralParser::value() {
  if (failed()) return {};
  const char c = reader_.peek();
  if (c == '"') return Value(quoted());
  if (c == '`') return Value(text_until('`'));
  if (c == '-' || Reader::is_digit(c)) return number();
  if (reader_.rest().starts_with("hex,")) return bytes("hex,");
  if (reader_.rest().starts_with("base64,")) return bytes("base64,");
  const auto at = reader_.at();
  const auto word = reader_.take_word();
  if (word == "null") return {};
  if (word == "true" || word == "false") return Value(word == "true");
  fail(at, "here should be a value", "a number, a text in quotes, true, false, null, hex,...; or base64,...;");
  return {};
}

Value LiteralParser::number() {
  const auto begin = reader_.at();
  while (Reader::is_word(reader_.peek()) || reader_.peek() == '.' || reader_.peek() == '+') reader_.skip(1);
  const auto text = reader_.since(begin);
  const auto parsed = parse_json(text);
  if (text.empty() || !parsed || !parsed->is_number()) {
    fail(begin, text.empty() ? "here should be a number" : fmt::format("'{}' is not a number", text));
    return {};
  }
  return *parsed;
}

Value LiteralParser::bytes(std::string_view prefix) {
  const auto begin = reader_.at();
  reader_.skip(prefix.size());
  const auto end = reader_.rest().find(';');
  if (end == std::string_view::npos) {
    fail(begin, "the bytes have no end", "close them with ;");
    return {};
  }
  std::string text;
  for (const char c : reader_.rest().substr(0, end)) {
    if (c != ' ' && c != '\t') text += c;
  }
  reader_.skip(end + 1);
  if (prefix == "hex,") {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size() + 1; i += 2) {
      unsigned byte = 0;
      const auto pair = std::string_view(text).substr(i, 2);
      const auto [stop, error] = std::from_chars(pair.data(), pair.data() + pair.size(), byte, 16);
      if (pair.size() < 2 || error != std::errc() || stop != pair.data() + 2) {
        fail(begin, "the bytes are not pairs of hexadecimal digits");
        return {};
      }
      out += static_cast<char>(byte);
    }
    return Value(Bytes{std::move(out)});
  }
  // Padding may be left out.
  while (text.size() % 4 != 0) text += '=';
  const auto decoded = base64_decode(Value(std::move(text)), {});
  if (decoded) return **decoded;
  fail(begin, "the bytes are not base64");
  return {};
}

std::vector<Value> LiteralParser::list() {
  std::vector<Value> out;
  const auto begin = reader_.at();
  if (failed()) return out;
  if (!reader_.take("[")) {
    fail(begin, "here should be a list", "write [200, 201]");
    return out;
  }
  do {
    reader_.skip_blanks();
    out.push_back(value());
    reader_.skip_blanks();
  } while (!failed() && reader_.take(","));
  if (!failed() && !reader_.take("]")) fail(reader_.at(), "here should be , or ]");
  return out;
}

}  // namespace vedette::language
