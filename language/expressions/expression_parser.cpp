#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/duration.hpp"
#include "config/nearest.hpp"
#include "language/expressions/expression.hpp"
#include "language/expressions/expression_syntax.hpp"
#include "language/lines/line_parser.hpp"
#include "language/lines/literal_parser.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

using expression::Node;
using expression::NodePtr;
using expression::Op;

namespace {

constexpr int kDeepest = 40;
constexpr std::size_t kMaxNodes = 2000;

struct Operator {
  std::string_view sign;
  Op op;
};

/// By rank, those that bind least first; in a rank, those that begin like others first.
const std::array<std::vector<Operator>, 6> kOperators{{
    {{"||", Op::kOr}},
    {{"&&", Op::kAnd}},
    {{"==", Op::kEqual}, {"!=", Op::kNotEqual}},
    {{"<=", Op::kLessEqual}, {">=", Op::kGreaterEqual}, {"<", Op::kLess}, {">", Op::kGreater}},
    {{"+", Op::kAdd}, {"-", Op::kSubtract}},
    {{"*", Op::kMultiply}, {"/", Op::kDivide}, {"%", Op::kRemainder}},
}};

/// Recursive descent. The first failure is kept, and everything returns quickly from then on.
class Parser {
 public:
  explicit Parser(Reader& reader) : reader_(reader) {}

  NodePtr whole() {
    auto node = piped();
    return error_ ? nullptr : node;
  }
  [[nodiscard]] const std::optional<SyntaxError>& error() const { return error_; }

 private:
  void fail(std::size_t at, std::string message, std::string hint = {}) {
    if (!error_) error_ = SyntaxError{at, std::move(message), std::move(hint), "Parsing expression"};
  }

  NodePtr make(Node node) {
    if (++nodes_ > kMaxNodes) fail(node.span.begin, "the expression is too long");
    return std::make_shared<const Node>(std::move(node));
  }

  void skip() {
    while (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' || reader_.peek() == '\r') {
      reader_.skip(1);
    }
  }

  bool take(std::string_view sign) {
    skip();
    return reader_.take(sign);
  }

  Span since(std::size_t begin) const { return {begin, reader_.at()}; }

  /// A value and the filters behind it.
  NodePtr piped() {
    skip();
    const auto begin = reader_.at();
    auto node = conditional();
    while (!error_) {
      skip();
      if (reader_.peek() != '|' || reader_.peek(1) == '|') break;
      reader_.skip(1);
      skip();
      auto filter = parse_filter(reader_, {.placeholders = Placeholders::kNone});
      if (!filter) {
        error_ = filter.error();
        break;
      }
      Node out{.op = Op::kPipe, .parts = {std::move(node)}, .filter = std::move(*filter)};
      out.span = since(begin);
      node = make(std::move(out));
    }
    return node;
  }

  NodePtr conditional() {
    if (++depth_ > kDeepest) fail(reader_.at(), "the expression is nested too deeply");
    skip();
    const auto begin = reader_.at();
    auto node = error_ ? nullptr : ranked(0);
    if (!error_ && take("?")) {
      auto yes = conditional();
      if (!error_ && !take(":")) fail(reader_.at(), "expected : and the other value", "a ? b : c");
      auto no = error_ ? nullptr : conditional();
      if (!error_) {
        node = make(
            {.op = Op::kCondition, .span = since(begin), .parts = {std::move(node), std::move(yes), std::move(no)}});
      }
    }
    --depth_;
    return node;
  }

  const Operator* take_operator(std::size_t rank) {
    skip();
    for (const auto& entry : kOperators.at(rank)) {
      if (!reader_.rest().starts_with(entry.sign)) continue;
      // Not half of another one.
      if (entry.sign == "<" && reader_.peek(1) == '=') continue;
      reader_.skip(entry.sign.size());
      return &entry;
    }
    return nullptr;
  }

  NodePtr ranked(std::size_t rank) {
    if (rank == kOperators.size()) return unary();
    skip();
    const auto begin = reader_.at();
    auto node = ranked(rank + 1);
    while (!error_) {
      const auto* found = take_operator(rank);
      if (found == nullptr) break;
      auto right = ranked(rank + 1);
      if (error_) break;
      node = make({.op = found->op, .span = since(begin), .parts = {std::move(node), std::move(right)}});
    }
    return node;
  }

  NodePtr unary() {
    skip();
    const auto begin = reader_.at();
    const bool negates = reader_.peek() == '!' && reader_.peek(1) != '=';
    if (!negates && reader_.peek() != '-') return postfix();
    if (++depth_ > kDeepest) fail(begin, "the expression is nested too deeply");
    reader_.skip(1);
    auto operand = error_ ? nullptr : unary();
    --depth_;
    if (error_) return nullptr;
    return make({.op = negates ? Op::kNot : Op::kMinus, .span = since(begin), .parts = {std::move(operand)}});
  }

  NodePtr postfix() {
    const auto begin = reader_.at();
    auto node = primary();
    while (!error_) {
      skip();
      if (reader_.peek() == '.') {
        reader_.skip(1);
        const auto name = std::string(take_name());
        if (name.empty()) fail(reader_.at(), "expected the name of a member");
        node = make({.op = Op::kMember, .span = since(begin), .name = name, .parts = {std::move(node)}});
      } else if (reader_.peek() == '[') {
        reader_.skip(1);
        auto index = conditional();
        if (!error_ && !take("]")) fail(reader_.at(), "expected ]");
        if (error_) break;
        node = make({.op = Op::kIndex, .span = since(begin), .parts = {std::move(node), std::move(index)}});
      } else {
        break;
      }
    }
    return node;
  }

  /// As a variable is called: letters, digits and _, and not a digit first.
  std::string_view take_name() {
    const auto begin = reader_.at();
    if (Reader::is_digit(reader_.peek())) return {};
    while (Reader::is_word(reader_.peek()) && reader_.peek() != '-') reader_.skip(1);
    return reader_.since(begin);
  }

  NodePtr primary() {
    skip();
    const auto begin = reader_.at();
    const char c = reader_.peek();
    if (c == '"' || c == '\'') return text(c);
    if (Reader::is_digit(c)) return number();
    if (reader_.take("(")) {
      auto node = piped();
      if (!error_ && !take(")")) fail(reader_.at(), "expected )");
      return node;
    }
    if (reader_.take("[")) return list(begin);
    if (reader_.take("{")) return object(begin);
    const auto name = std::string(take_name());
    if (name.empty()) {
      fail(begin, "expected a value", "a variable, a number, a text in quotes, or a function such as uuid()");
      return nullptr;
    }
    if (name == "true" || name == "false") return make({.span = since(begin), .literal = Value(name == "true")});
    if (name == "null") return make({.span = since(begin)});
    skip();
    if (reader_.peek() == '(') return call(name, begin);
    return make({.op = Op::kName, .span = {begin, begin + name.size()}, .name = name});
  }

  NodePtr text(char quote) {
    const auto begin = reader_.at();
    reader_.skip(1);
    std::string out;
    while (reader_.peek() != quote) {
      if (reader_.at_end()) {
        fail(begin, "the text has no end", fmt::format("close it with {}", quote));
        return nullptr;
      }
      if (reader_.peek() == '\\') {
        constexpr std::string_view kNames = "\"'\\/bfnrt";
        constexpr std::string_view kMeanings = "\"'\\/\b\f\n\r\t";
        const auto known = kNames.find(reader_.peek(1));
        if (known == std::string_view::npos || reader_.peek(1) == '\0') {
          fail(reader_.at(), "there is no such escape", "known: \\\" \\' \\\\ \\/ \\b \\f \\n \\r \\t");
          return nullptr;
        }
        out += kMeanings[known];
        reader_.skip(2);
      } else {
        out += reader_.peek();
        reader_.skip(1);
      }
    }
    reader_.skip(1);
    return make({.span = since(begin), .literal = Value(std::move(out))});
  }

  /// A number of JSON, or a duration such as 250ms, which is a text.
  NodePtr number() {
    const auto begin = reader_.at();
    while (Reader::is_digit(reader_.peek()) || reader_.peek() == '.') reader_.skip(1);
    if ((reader_.peek() == 'e' || reader_.peek() == 'E') &&
        (Reader::is_digit(reader_.peek(1)) || reader_.peek(1) == '-' || reader_.peek(1) == '+')) {
      reader_.skip(2);
      while (Reader::is_digit(reader_.peek())) reader_.skip(1);
    }
    while (Reader::is_word(reader_.peek()) && reader_.peek() != '-') reader_.skip(1);
    const auto text = reader_.since(begin);
    if (config::parse_duration(text) && !Reader::is_digit(text.back())) {
      return make({.span = since(begin), .literal = Value(std::string(text))});
    }
    const auto parsed = parse_json(text);
    if (!parsed || !parsed->is_number()) {
      fail(begin, fmt::format("'{}' is not a number", text));
      return nullptr;
    }
    return make({.span = since(begin), .literal = *parsed});
  }

  NodePtr list(std::size_t begin) {
    Node node{.op = Op::kList};
    if (!take("]")) {
      do {
        node.parts.push_back(conditional());
      } while (!error_ && take(","));
      if (!error_ && !take("]")) fail(reader_.at(), "expected , or ]");
    }
    if (error_) return nullptr;
    node.span = since(begin);
    return make(std::move(node));
  }

  NodePtr object(std::size_t begin) {
    Node node{.op = Op::kObject};
    if (!take("}")) {
      do {
        skip();
        const auto at = reader_.at();
        const auto key = reader_.peek() == '"' || reader_.peek() == '\'' ? text(reader_.peek()) : nullptr;
        const auto name = key ? *key->literal.get<std::string>() : std::string(error_ ? "" : take_name());
        if (!key && name.empty()) fail(at, "expected the name of a member");
        if (!error_ && !take(":")) fail(reader_.at(), "expected :");
        if (error_) return nullptr;
        node.names.push_back(name);
        node.parts.push_back(conditional());
      } while (!error_ && take(","));
      if (!error_ && !take("}")) fail(reader_.at(), "expected , or }");
    }
    if (error_) return nullptr;
    node.span = since(begin);
    return make(std::move(node));
  }

  /// `name=` before a value, but not `name==`.
  std::string argument_name() {
    const auto before = reader_.at();
    auto name = std::string(take_name());
    skip();
    if (!name.empty() && reader_.peek() == '=' && reader_.peek(1) != '=') {
      reader_.skip(1);
      return name;
    }
    reader_.back_to(before);
    return {};
  }

  NodePtr call(const std::string& name, std::size_t begin) {
    const auto* info = expression::find_function(name);
    if (info == nullptr) {
      const auto known = function_names();
      const auto close = config::nearest(name, known);
      fail(begin, fmt::format("there is no function {}", name),
           close ? fmt::format("did you mean {}?", *close) : fmt::format("known: {}", fmt::join(known, ", ")));
      return nullptr;
    }
    reader_.skip(1);
    Node node{.op = Op::kCall, .name = name};
    std::size_t plain = 0;
    if (!take(")")) {
      do {
        skip();
        const auto at = reader_.at();
        node.names.push_back(argument_name());
        const auto& given = node.names.back();
        if (given.empty()) ++plain;
        if (!given.empty() && std::find(info->named.begin(), info->named.end(), given) == info->named.end()) {
          fail(at, fmt::format("{} has no argument {}", name, given),
               info->named.empty() ? "" : fmt::format("known: {}", fmt::join(info->named, ", ")));
        }
        node.parts.push_back(conditional());
      } while (!error_ && take(","));
      if (!error_ && !take(")")) fail(reader_.at(), "expected , or )");
    }
    if (!error_ && (plain < info->min || plain > info->max)) {
      fail(begin, info->min == info->max
                      ? fmt::format("{} takes {} argument{}", name, info->min, info->min == 1 ? "" : "s")
                      : fmt::format("{} takes {} to {} arguments", name, info->min, info->max));
    }
    if (error_) return nullptr;
    node.span = since(begin);
    return make(std::move(node));
  }

  Reader& reader_;
  std::optional<SyntaxError> error_;
  int depth_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

tl::expected<Expression, SyntaxError> Expression::parse(Reader& reader) {
  const auto begin = reader.at();
  Parser parser(reader);
  auto root = parser.whole();
  if (parser.error()) return tl::make_unexpected(*parser.error());
  return Expression(std::move(root), {begin, reader.at()});
}

tl::expected<Expression, SyntaxError> Expression::parse_all(std::string_view text) {
  Reader reader(text);
  auto out = parse(reader);
  if (!out) return out;
  while (reader.peek() == ' ' || reader.peek() == '\n' || reader.peek() == '\t') reader.skip(1);
  if (!reader.at_end()) {
    return tl::make_unexpected(SyntaxError{reader.at(), "the expression should end here",
                                           "operators: || && == != < <= > >= + - * / % ! ?: |"});
  }
  return out;
}

}  // namespace vedette::language
