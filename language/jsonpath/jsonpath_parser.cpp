#include <charconv>
#include <limits>

#include "base/utf8.hpp"
#include "language/jsonpath/jsonpath.hpp"
#include "language/jsonpath/jsonpath_syntax.hpp"

namespace vedette::language {

namespace jsonpath {

namespace {

constexpr int kDeepest = 64;
constexpr std::int64_t kMaxIndex = 9007199254740991;  // RFC 7493 section 2.2

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

struct Parameters {
  std::string_view function;
  std::vector<Type> types;
};

const std::vector<Parameters>& functions() {
  static const std::vector<Parameters> kFunctions{{"length", {Type::kValue}},
                                                  {"count", {Type::kNodes}},
                                                  {"match", {Type::kValue, Type::kValue}},
                                                  {"search", {Type::kValue, Type::kValue}},
                                                  {"value", {Type::kNodes}}};
  return kFunctions;
}

/// Recursive descent. A failure is kept in error_, and everything returns quickly from then on.
class Parser {
 public:
  Parser(std::string_view text, bool strict_patterns) : text_(text), strict_patterns_(strict_patterns) {}

  tl::expected<Query, TextError> whole() {
    if (!is_utf8(text_)) fail("it is not UTF-8");
    if (peek() != '$') fail("a path begins with $");
    Query out = query();
    if (!error_ && at_ < text_.size()) fail("expected a segment: .name, [...] or ..name");
    if (error_) return tl::make_unexpected(std::move(*error_));
    return out;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool looking_at(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  bool take(std::string_view word) {
    if (!looking_at(word)) return false;
    at_ += word.size();
    return true;
  }
  void fail(std::string message) { fail_at(at_, std::move(message)); }
  void fail_at(std::size_t at, std::string message) {
    if (!error_) error_ = TextError{at, std::move(message)};
    at_ = text_.size();
  }
  void expect(char c) {
    if (peek() == c && at_ < text_.size()) {
      ++at_;
    } else {
      fail(std::string("expected ") + c);
    }
  }
  void skip_blanks() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }

  Query query() {
    Query out;
    out.relative = peek() == '@';
    ++at_;
    while (!error_) {
      const auto before = at_;
      skip_blanks();
      if (take("..")) {
        out.segments.push_back({true, peek() == '[' ? bracketed() : dotted()});
      } else if (take(".")) {
        out.segments.push_back({false, dotted()});
      } else if (peek() == '[') {
        out.segments.push_back({false, bracketed()});
      } else {
        at_ = before;
        break;
      }
    }
    return out;
  }

  std::vector<Selector> dotted() {
    std::vector<Selector> out;
    if (take("*")) {
      out.emplace_back(Wildcard{});
    } else if (begins_name(peek())) {
      const auto begin = at_;
      while (begins_name(peek()) || is_digit(peek())) ++at_;
      out.emplace_back(std::string(text_.substr(begin, at_ - begin)));
    } else {
      fail("expected a name or *");
    }
    return out;
  }

  std::vector<Selector> bracketed() {
    std::vector<Selector> out;
    expect('[');
    do {
      skip_blanks();
      out.push_back(selector());
      skip_blanks();
    } while (!error_ && take(","));
    expect(']');
    return out;
  }

  Selector selector() {
    if (peek() == '\'' || peek() == '"') return string();
    if (take("*")) return Wildcard{};
    if (take("?")) {
      skip_blanks();
      return Filter{logical_or()};
    }
    if (peek() == ':' || peek() == '-' || is_digit(peek())) return index_or_slice();
    fail("expected a selector: 'name', an index, a slice, * or ?filter");
    return Wildcard{};
  }

  std::int64_t integer() {
    const auto begin = at_;
    if (peek() == '-') ++at_;
    const auto digits = at_;
    while (is_digit(peek())) ++at_;
    const auto text = text_.substr(begin, at_ - begin);
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    const bool padded = text_[std::min(digits, text_.size() - 1)] == '0' && text.size() > 1;
    if (digits == at_ || padded || error != std::errc() || out > kMaxIndex || out < -kMaxIndex) {
      fail_at(begin, "expected a whole number");
    }
    return out;
  }

  Selector index_or_slice() {
    Slice slice;
    if (peek() != ':') {
      slice.start = integer();
      const auto after = at_;
      skip_blanks();
      if (peek() != ':') {
        at_ = after;
        return *slice.start;
      }
    }
    expect(':');
    skip_blanks();
    if (peek() == '-' || is_digit(peek())) {
      slice.end = integer();
      skip_blanks();
    }
    if (take(":")) {
      skip_blanks();
      if (peek() == '-' || is_digit(peek())) slice.step = integer();
    }
    return slice;
  }

  std::string string() {
    const char quote = peek();
    const auto begin = at_++;
    std::string out;
    while (true) {
      if (at_ >= text_.size()) {
        fail_at(begin, "the text has no end");
        return out;
      }
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        return out;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        fail("a control character must be written as \\u00..");
        return out;
      }
      ++at_;
      if (c == '\\') {
        escape(quote, out);
      } else {
        out += c;
      }
    }
  }

  void escape(char quote, std::string& out) {
    constexpr std::string_view kNames = "bfnrt/\\";
    constexpr std::string_view kMeanings = "\b\f\n\r\t/\\";
    const char c = peek();
    const auto known = kNames.find(c);
    if (at_ < text_.size() && known != std::string_view::npos) {
      out += kMeanings[known];
      ++at_;
    } else if (c == quote) {
      out += c;
      ++at_;
    } else if (c == 'u') {
      unicode(out);
    } else {
      fail_at(at_ - 1, "there is no such escape");
    }
  }

  std::uint32_t four_digits() {
    std::uint32_t out = 0;
    const auto digits = text_.substr(std::min(at_, text_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
    if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4) fail("expected four hexadecimal digits");
    if (!error_) at_ += 4;
    return out;
  }

  void unicode(std::string& out) {
    constexpr std::uint32_t kHigh = 0xd800;
    constexpr std::uint32_t kLow = 0xdc00;
    constexpr std::uint32_t kEnd = 0xe000;
    const auto begin = at_ - 1;
    ++at_;
    auto code = four_digits();
    if (code >= kHigh && code < kLow && take("\\u")) {
      const auto low = four_digits();
      if (low < kLow || low >= kEnd) fail_at(begin, "a surrogate stands alone");
      code = 0x10000 + ((code - kHigh) << 10U) + (low - kLow);
    } else if (code >= kHigh && code < kEnd) {
      fail_at(begin, "a surrogate stands alone");
    }
    if (!error_) append_utf8(out, code);
  }

  ExpressionPtr make(Op op, std::size_t at) {
    auto out = std::make_unique<Expression>();
    out->op = op;
    out->at = at;
    return out;
  }

  ExpressionPtr logical_or() {
    return chain("||", Op::kOr, [this] { return logical_and(); });
  }
  ExpressionPtr logical_and() {
    return chain("&&", Op::kAnd, [this] { return basic(); });
  }

  template <typename Next>
  ExpressionPtr chain(std::string_view word, Op op, Next next) {
    const auto at = at_;
    if (++depth_ > kDeepest) fail("it is nested too deeply");
    auto first = next();
    skip_blanks_before(word);
    if (!looking_at(word) || error_) {
      --depth_;
      return first;
    }
    auto out = make(op, at);
    out->parts.push_back(std::move(first));
    while (!error_ && take(word)) {
      skip_blanks();
      out->parts.push_back(next());
      skip_blanks_before(word);
    }
    --depth_;
    return out;
  }

  void skip_blanks_before(std::string_view word) {
    const auto before = at_;
    skip_blanks();
    if (!looking_at(word)) at_ = before;
  }

  ExpressionPtr basic() {
    const auto at = at_;
    if (take("!")) {
      skip_blanks();
      auto out = make(Op::kNot, at);
      out->parts.push_back(peek() == '(' ? parenthesized() : test(comparable()));
      return out;
    }
    if (peek() == '(') return parenthesized();
    auto left = comparable();
    skip_blanks_before_comparison();
    if (error_ || !at_comparison()) return test(std::move(left));
    return comparison(std::move(left));
  }

  ExpressionPtr parenthesized() {
    expect('(');
    skip_blanks();
    auto out = logical_or();
    skip_blanks();
    expect(')');
    return out;
  }

  [[nodiscard]] bool at_comparison() const {
    return looking_at("==") || looking_at("!=") || looking_at("<") || looking_at(">");
  }
  void skip_blanks_before_comparison() {
    const auto before = at_;
    skip_blanks();
    if (!at_comparison()) at_ = before;
  }

  ExpressionPtr comparison(ExpressionPtr left) {
    const auto at = at_;
    const bool equal = take("==");
    const bool not_equal = !equal && take("!=");
    const bool less_equal = !equal && !not_equal && take("<=");
    const bool greater_equal = !equal && !not_equal && !less_equal && take(">=");
    const bool less = !equal && !not_equal && !less_equal && !greater_equal && take("<");
    if (!equal && !not_equal && !less_equal && !greater_equal && !less) take(">");
    skip_blanks();
    auto right = comparable();
    if (left) check_comparable(*left);
    if (right) check_comparable(*right);
    auto out = make(equal                         ? Op::kEqual
                    : not_equal                   ? Op::kNotEqual
                    : less_equal || greater_equal ? Op::kLessEqual
                                                  : Op::kLess,
                    at);
    // a > b is b < a.
    const bool turned = greater_equal || (!equal && !not_equal && !less_equal && !less);
    if (turned) std::swap(left, right);
    out->parts.push_back(std::move(left));
    out->parts.push_back(std::move(right));
    return out;
  }

  void check_comparable(const Expression& side) {
    if (side.op == Op::kQuery && !side.query.singular()) {
      fail_at(side.at, "a path that may find several nodes cannot be compared");
    }
    if (side.op == Op::kCall && type_of(side.function) != Type::kValue) {
      fail_at(side.at, side.function + "() says true or false, and cannot be compared");
    }
  }

  ExpressionPtr test(ExpressionPtr of) {
    if (error_ || !of) return of;
    if (of->op == Op::kLiteral) fail_at(of->at, "a value alone is no condition");
    if (of->op == Op::kCall && type_of(of->function) == Type::kValue) {
      fail_at(of->at, of->function + "() gives a value: compare it");
    }
    return of;
  }

  ExpressionPtr comparable() {
    const auto at = at_;
    const char c = peek();
    if (c == '@' || c == '$') {
      auto out = make(Op::kQuery, at);
      out->query = query();
      return out;
    }
    if (c >= 'a' && c <= 'z') {
      auto end = at_;
      while (end < text_.size() &&
             ((text_[end] >= 'a' && text_[end] <= 'z') || is_digit(text_[end]) || text_[end] == '_'))
        ++end;
      if (end < text_.size() && text_[end] == '(') return call(end);
    }
    auto out = make(Op::kLiteral, at);
    if (c == '\'' || c == '"') {
      out->literal = Value(string());
    } else if (take("true")) {
      out->literal = Value(true);
    } else if (take("false")) {
      out->literal = Value(false);
    } else if (!take("null")) {
      out->literal = number();
    }
    return out;
  }

  Value number() {
    const auto begin = at_;
    if (peek() == '-') ++at_;
    const auto digits = at_;
    while (is_digit(peek())) ++at_;
    const bool padded = at_ - digits > 1 && text_[digits] == '0';
    if (digits == at_ || padded) {
      fail_at(begin, "expected a value, a path or a function");
      return Value();
    }
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek())) fail("expected a digit");
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '-' || peek() == '+') ++at_;
      if (!is_digit(peek())) fail("expected a digit");
      while (is_digit(peek())) ++at_;
    }
    if (error_) return Value();
    const auto parsed = parse_json(text_.substr(begin, at_ - begin));
    return parsed ? *parsed : Value();
  }

  ExpressionPtr call(std::size_t end) {
    auto out = make(Op::kCall, at_);
    out->function = text_.substr(at_, end - at_);
    at_ = end + 1;
    const Parameters* known = nullptr;
    for (const auto& entry : functions()) {
      if (entry.function == out->function) known = &entry;
    }
    if (known == nullptr) {
      fail_at(out->at, "there is no function " + out->function + "(); known: length, count, match, search, value");
      return out;
    }
    skip_blanks();
    for (std::size_t i = 0; i < known->types.size() && !error_; ++i) {
      if (i > 0) {
        expect(',');
        skip_blanks();
      }
      out->parts.push_back(argument(known->types[i]));
      skip_blanks();
    }
    expect(')');
    const bool matches = out->function == "match" || out->function == "search";
    if (!error_ && matches && out->parts[1]->op == Op::kLiteral) {
      if (const auto* text = out->parts[1]->literal.get<std::string>()) {
        out->pattern = regular_expression(*text, out->function == "match");
      }
      if (strict_patterns_ && !out->pattern) fail_at(out->parts[1]->at, "expected a regular expression");
    }
    return out;
  }

  ExpressionPtr argument(Type type) {
    auto out = comparable();
    if (error_) return out;
    if (type == Type::kNodes && out->op != Op::kQuery) fail_at(out->at, "expected a path");
    if (type == Type::kValue && out->op == Op::kQuery && !out->query.singular()) {
      fail_at(out->at, "expected a path that finds one node at most");
    }
    if (type == Type::kValue && out->op == Op::kCall && type_of(out->function) != Type::kValue) {
      fail_at(out->at, "expected a value");
    }
    return out;
  }

  std::string_view text_;
  const bool strict_patterns_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<TextError> error_;
};

}  // namespace

bool Query::singular() const {
  for (const auto& segment : segments) {
    if (segment.descendant || segment.selectors.size() != 1) return false;
    const auto& selector = segment.selectors.front();
    if (!std::holds_alternative<std::string>(selector) && !std::holds_alternative<std::int64_t>(selector)) return false;
  }
  return true;
}

std::optional<Type> type_of(const std::string& function) {
  if (function == "length" || function == "count" || function == "value") return Type::kValue;
  if (function == "match" || function == "search") return Type::kLogical;
  return std::nullopt;
}

}  // namespace jsonpath

tl::expected<JsonPath, TextError> JsonPath::parse(std::string_view text, bool strict_patterns) {
  auto query = jsonpath::Parser(text, strict_patterns).whole();
  if (!query) return tl::make_unexpected(std::move(query.error()));
  JsonPath out;
  out.query_ = std::make_shared<const jsonpath::Query>(std::move(*query));
  return out;
}

}  // namespace vedette::language
