#include "scenarios/hurl/body_parser.hpp"

#include <fmt/format.h>

#include "language/markup/xml_scan.hpp"

namespace vedette::scenarios::hurl {

namespace {

using language::Reader;

constexpr int kDeepest = 128;

/// Reads JSON as it stands, with placeholders. What is read is kept letter for letter.
class JsonReader {
 public:
  JsonReader(language::LiteralParser& literals, JsonText& out)
      : literals_(literals), reader_(literals.reader()), out_(out) {}

  /// Whether a value may begin here; `-` alone does not.
  static bool begins_value(const Reader& reader) {
    const auto rest = reader.rest();
    const char c = reader.peek();
    const bool digit = Reader::is_digit(c) || (c == '-' && Reader::is_digit(reader.peek(1)));
    return digit || c == '"' || c == '[' || c == '{' || rest.starts_with("null") || rest.starts_with("true") ||
           rest.starts_with("false");
  }

  void value() {
    if (literals_.failed()) return;
    if (reader_.peek() == ',') {
      fail("expecting an element; found empty element instead");
    } else if (literals_.at_placeholder()) {
      placeholder(false);
    } else if (!begins_value(reader_)) {
      fail("expecting a boolean, number, string, array, object or null");
    } else if (reader_.peek() == '"') {
      text();
    } else if (reader_.peek() == '[') {
      list();
    } else if (reader_.peek() == '{') {
      object();
    } else if (reader_.peek() == '-' || Reader::is_digit(reader_.peek())) {
      number();
    } else {
      for (const std::string_view word : {"null", "true", "false"}) {
        if (reader_.rest().starts_with(word)) return keep(word.size());
      }
    }
  }

  void object() {
    if (!enter()) return;
    blanks();
    if (reader_.peek() != '}') {
      member();
      while (!literals_.failed() && reader_.peek() == ',') {
        if (trailing_comma('}')) return;
        keep(1);
        member();
      }
    }
    if (literals_.failed()) return;
    if (reader_.peek() != '}') return literals_.fail(reader_.at(), "expecting '}'");
    keep(1);
    --depth_;
  }

 private:
  void fail(std::string message) { fail_at(reader_.at(), std::move(message)); }
  void fail_at(std::size_t at, std::string message) { literals_.fail(at, std::move(message), {}, "Parsing JSON"); }

  std::string& plain() {
    if (out_.parts.empty() || out_.parts.back().expression) out_.parts.emplace_back();
    return out_.parts.back().text;
  }
  void keep(std::size_t bytes) {
    plain() += reader_.rest().substr(0, bytes);
    reader_.skip(bytes);
  }
  void blanks() {
    while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r') keep(1);
  }
  void placeholder(bool in_string) {
    auto expression = literals_.placeholder();
    if (expression) out_.parts.push_back({.expression = std::move(expression), .in_string = in_string});
  }
  /// A bracket.
  bool enter() {
    if (++depth_ > kDeepest) {
      fail(fmt::format("maximum nesting depth of {} exceeded", kDeepest));
      return false;
    }
    keep(1);
    return true;
  }

  bool trailing_comma(char bracket) {
    const auto comma = reader_.at();
    reader_.skip(1);
    while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r') {
      reader_.skip(1);
    }
    const bool trailing = reader_.peek() == bracket;
    reader_.back_to(comma);
    if (trailing) fail("trailing comma is not allowed");
    return trailing;
  }

  void list() {
    if (!enter()) return;
    blanks();
    if (reader_.peek() != ']') {
      element();
      while (!literals_.failed() && reader_.peek() == ',') {
        if (trailing_comma(']')) return;
        keep(1);
        element();
      }
    }
    if (literals_.failed()) return;
    if (reader_.peek() != ']') return literals_.fail(reader_.at(), "expecting ']'");
    keep(1);
    --depth_;
  }

  void element() {
    blanks();
    value();
    if (!literals_.failed()) blanks();
  }

  void member() {
    blanks();
    if (reader_.peek() != '"') return literals_.fail(reader_.at(), "expecting '\"'");
    text();
    if (literals_.failed()) return;
    blanks();
    if (reader_.peek() != ':') return literals_.fail(reader_.at(), "expecting ':'");
    keep(1);
    const auto behind = reader_.at();
    blanks();
    if (reader_.peek() == '}' || reader_.at_end()) {
      return fail_at(behind, "expecting an element; found empty element instead");
    }
    value();
    if (!literals_.failed()) blanks();
  }

  void text() {
    keep(1);
    while (!literals_.failed() && reader_.peek() != '"') {
      const char c = reader_.peek();
      if (reader_.at_end() || c == '\b' || c == '\n' || c == '\f' || c == '\r' || c == '\t') {
        return literals_.fail(reader_.at(), "expecting '\"'");
      }
      if (literals_.at_placeholder()) {
        placeholder(true);
      } else if (c == '\\') {
        escape();
      } else {
        keep(1);
      }
    }
    if (!literals_.failed()) keep(1);
  }

  void escape() {
    keep(1);
    constexpr std::string_view kNames = "\"\\/bfnrt";
    if (!reader_.at_end() && kNames.find(reader_.peek()) != std::string_view::npos) return keep(1);
    if (reader_.peek() != 'u') {
      return literals_.fail(reader_.at(), "the escaping sequence is not valid", {}, "Parsing escape character");
    }
    keep(1);
    const auto begin = reader_.at();
    const auto high = four_digits();
    if (literals_.failed() || high < 0xd800 || high > 0xdfff) return;
    if (!reader_.rest().starts_with("\\u")) return literals_.fail(reader_.at(), "expecting '\\u'");
    keep(2);
    const auto second = reader_.at();
    const auto low = four_digits();
    const bool pair = high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
    if (!literals_.failed() && !pair) {
      literals_.fail(high < 0xdc00 ? second : begin, "invalid unicode literal", {}, "Parsing unicode literal");
    }
  }

  int four_digits() {
    int code = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = reader_.peek();
      const int digit = Reader::is_digit(c)    ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) {
        literals_.fail(reader_.at(), "expecting a valid hexadecimal number", {}, "Parsing hexadecimal number");
        return 0;
      }
      code = code * 16 + digit;
      keep(1);
    }
    return code;
  }

  void digits() {
    while (Reader::is_digit(reader_.peek())) keep(1);
  }

  void number() {
    if (reader_.peek() == '-') keep(1);
    if (reader_.peek() == '0') {
      keep(1);
    } else {
      digits();
    }
    if (reader_.peek() == '.') {
      keep(1);
      if (!Reader::is_digit(reader_.peek())) return literals_.fail(reader_.at(), "expecting 'digits'");
      digits();
    }
    if (reader_.peek() == 'e' || reader_.peek() == 'E') {
      keep(1);
      if (reader_.peek() == '-' || reader_.peek() == '+') keep(1);
      digits();
    }
  }

  language::LiteralParser& literals_;
  Reader& reader_;
  JsonText& out_;
  int depth_ = 0;
};

/// What stands between fences.
class Fenced {
 public:
  Fenced(language::LiteralParser& literals, const Origin& origin, Body& out)
      : literals_(literals), reader_(literals.reader()), origin_(origin), out_(out) {}

  void read() {
    reader_.skip(3);
    const auto hint = literals_.fence_hint();
    if (literals_.failed()) return;
    if (hint == "graphql") return graphql();
    out_.shape = Body::Shape::kText;
    out_.text = {literals_.verbatim("```", hint != "raw"), origin_};
    if (hint == "json" || hint == "xml") out_.content_type = "application/" + hint;
  }

 private:
  /// The query, and perhaps a line of `variables` with an object.
  void graphql() {
    out_.shape = Body::Shape::kGraphQl;
    out_.content_type = "application/json";
    language::Template query;
    query.span.begin = reader_.at();
    std::string plain;
    const auto flush = [&] {
      if (!plain.empty()) query.parts.push_back({std::move(plain)});
      plain.clear();
    };
    bool with_variables = false;
    while (!literals_.failed() && !reader_.at_end() && !reader_.rest().starts_with("```")) {
      if (literals_.at_placeholder()) {
        flush();
        if (auto expression = literals_.placeholder()) query.parts.push_back({{}, std::move(expression)});
        continue;
      }
      plain += reader_.peek();
      const bool line_ended = reader_.peek() == '\n';
      reader_.skip(1);
      if (line_ended && reader_.rest().starts_with("variables")) {
        with_variables = true;
        break;
      }
    }
    flush();
    query.span.end = reader_.at();
    out_.text = {std::move(query), origin_};
    if (with_variables && !literals_.failed()) variables();
    literals_.expect("```");
  }

  void variables() {
    reader_.skip(std::string_view("variables").size());
    reader_.skip_blanks();
    const auto at = reader_.at();
    if (reader_.peek() == '{') JsonReader(literals_, out_.json).object();
    if (out_.json.parts.empty() || literals_.failed()) {
      while (literals_.failed()) {
        literals_.soften();
        literals_.forgive();
      }
      return literals_.fail(at, "GraphQL variables is not a valid JSON object", {}, "Parsing GraphQL variables");
    }
    while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r') {
      reader_.skip(1);
    }
  }

  language::LiteralParser& literals_;
  Reader& reader_;
  const Origin& origin_;
  Body& out_;
};

/// Where the digits are in `hex, DIGITS ;`.
language::Span data_of(std::size_t begin, std::string_view text) {
  const auto first = text.find_first_not_of(" \t", text.find(',') + 1);
  const auto last = text.find_last_not_of(" \t;");
  return {begin + std::min(first, text.size()), begin + std::max(first, last) + 1};
}

}  // namespace

Body read_body(language::LiteralParser& literals, const Origin& origin) {
  Body out;
  auto& reader = literals.reader();
  const auto begin = reader.at();
  out.origin = origin;
  const auto rest = reader.rest();
  if (rest.starts_with("```")) {
    Fenced(literals, origin, out).read();
  } else if (reader.peek() == '`') {
    out.shape = Body::Shape::kText;
    out.text = {literals.backticked(), origin};
  } else if (JsonReader::begins_value(reader) || literals.at_placeholder()) {
    out.shape = Body::Shape::kJsonText;
    out.content_type = "application/json";
    JsonReader(literals, out.json).value();
  } else if (reader.peek() == '<') {
    const auto size = language::xml_document_size(rest);
    if (!size) literals.fail(begin, "invalid XML", {}, "Parsing XML");
    out.shape = Body::Shape::kText;
    out.content_type = "application/xml";
    if (size) out.text = {language::Template::constant(std::string(rest.substr(0, *size))), origin};
    reader.skip(size.value_or(0));
  } else if (rest.starts_with("base64")) {
    const auto value = literals.base64_bytes();
    out.shape = Body::Shape::kBytes;
    if (const auto* bytes = value.get<language::Bytes>()) out.bytes = bytes->data;
  } else if (rest.starts_with("hex")) {
    const auto value = literals.hex_bytes();
    out.shape = Body::Shape::kBytes;
    if (const auto* bytes = value.get<language::Bytes>()) out.bytes = bytes->data;
  } else if (rest.starts_with("file")) {
    reader.skip(4);
    if (literals.expect(",")) {
      reader.skip_blanks();
      out.shape = Body::Shape::kFile;
      out.text = {literals.filename(), origin};
      reader.skip_blanks();
      literals.expect(";");
    }
  } else {
    literals.fail_softly(begin, "expecting 'file'");
  }
  out.span = {begin, reader.at()};
  if (out.shape == Body::Shape::kBytes) out.span = data_of(begin, rest.substr(0, reader.at() - begin));
  return out;
}

}  // namespace vedette::scenarios::hurl
