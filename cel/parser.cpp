#include <algorithm>
#include <array>

#include "cel/functions.hpp"
#include "cel/lexer.hpp"

namespace vedette::cel {

namespace {

constexpr int kDeepest = 200;
constexpr std::array<std::string_view, 5> kMacros{"all", "exists", "exists_one", "map", "filter"};

struct Thrown {
  SyntaxError error;
};

/// A recursive descent over the grammar; errors are thrown within and caught in parse().
class Parser {
 public:
  Parser(std::vector<Word> words, const std::vector<std::string>& names) : words_(std::move(words)), names_(names) {}

  NodePtr whole() {
    auto out = expression();
    if (word().token != Token::kEnd) fail(word().at, "the expression should end here");
    return out;
  }

 private:
  [[noreturn]] static void fail(std::size_t at, std::string message) { throw Thrown{{at, std::move(message)}}; }

  [[nodiscard]] const Word& word() const { return words_[next_]; }
  [[nodiscard]] bool is(std::string_view mark) const { return word().token == Token::kMark && word().text == mark; }
  bool take(std::string_view mark) {
    if (!is(mark)) return false;
    ++next_;
    return true;
  }
  void need(std::string_view mark) {
    if (!take(mark)) fail(word().at, "expected " + std::string(mark));
  }

  static std::unique_ptr<Node> make(Op op, std::size_t at, std::string name = {}) {
    auto out = std::make_unique<Node>();
    out->op = op;
    out->at = at;
    out->name = std::move(name);
    return out;
  }

  NodePtr join(Op op, std::size_t at, std::string name, NodePtr a, NodePtr b) {
    auto out = make(op, at, std::move(name));
    out->parts.push_back(std::move(a));
    out->parts.push_back(std::move(b));
    return out;
  }

  NodePtr expression() {
    if (++depth_ > kDeepest) fail(word().at, "the expression is nested too deeply");
    auto out = level(0);
    const auto at = word().at;
    if (take("?")) {
      auto made = make(Op::kConditional, at);
      made->parts.push_back(std::move(out));
      made->parts.push_back(level(0));
      need(":");
      made->parts.push_back(expression());
      out = std::move(made);
    }
    --depth_;
    return out;
  }

  /// Binary operators, those that bind least first.
  NodePtr level(std::size_t which) {
    static const std::array<std::vector<std::string_view>, 5> kLevels{
        {{"||"}, {"&&"}, {"==", "!=", "<", "<=", ">", ">=", "in"}, {"+", "-"}, {"*", "/", "%"}}};
    if (which == kLevels.size()) return unary();
    auto out = level(which + 1);
    while (true) {
      const auto& operators = kLevels.at(which);
      const bool named = word().token == Token::kName && word().text == "in";
      const bool fits = (word().token == Token::kMark || named) &&
                        std::find(operators.begin(), operators.end(), word().text) != operators.end();
      if (!fits) return out;
      const auto at = word().at;
      auto name = word().text;
      ++next_;
      const auto op = name == "||" ? Op::kOr : name == "&&" ? Op::kAnd : Op::kBinary;
      out = join(op, at, std::move(name), std::move(out), level(which + 1));
    }
  }

  NodePtr unary() {
    const auto at = word().at;
    if (is("!") || is("-")) {
      if (++depth_ > kDeepest) fail(at, "the expression is nested too deeply");
      const bool negate = is("-");
      ++next_;
      if (negate && fold_minus()) {
        --depth_;
        return member();
      }
      auto out = make(negate ? Op::kNegate : Op::kNot, at);
      out->parts.push_back(unary());
      --depth_;
      return out;
    }
    return member();
  }

  /// A minus belongs to the number behind it: the least one could not be written otherwise.
  bool fold_minus() {
    auto& behind = words_[next_];
    if (behind.token != Token::kLiteral) return false;
    if (const auto* whole = behind.literal.get<std::int64_t>()) {
      // The least number is its own negative here already.
      behind.literal = behind.text == "least" ? Value(*whole) : Value(-*whole);
      behind.text.clear();
      return true;
    }
    const auto* fraction = behind.literal.get<double>();
    if (fraction != nullptr) behind.literal = Value(-*fraction);
    return fraction != nullptr;
  }

  NodePtr member() {
    auto out = primary();
    while (true) {
      const auto at = word().at;
      if (take(".")) {
        if (word().token != Token::kName) fail(word().at, "expected the name of a field");
        auto name = word().text;
        ++next_;
        if (take("(")) {
          out = method(std::move(out), std::move(name), at);
        } else {
          auto made = make(Op::kSelect, at, std::move(name));
          made->parts.push_back(std::move(out));
          out = std::move(made);
        }
      } else if (take("[")) {
        auto index = expression();
        need("]");
        out = join(Op::kIndex, at, {}, std::move(out), std::move(index));
      } else {
        return out;
      }
    }
  }

  NodePtr method(NodePtr target, std::string name, std::size_t at) {
    if (std::find(kMacros.begin(), kMacros.end(), name) != kMacros.end())
      return macro(std::move(target), std::move(name), at);
    auto out = make(Op::kCall, at, std::move(name));
    out->method = true;
    out->parts.push_back(std::move(target));
    arguments(*out, ")");
    check_call(*out);
    return out;
  }

  NodePtr macro(NodePtr range, std::string name, std::size_t at) {
    auto out = make(Op::kMacro, at, std::move(name));
    out->parts.push_back(std::move(range));
    if (word().token != Token::kName) fail(word().at, "expected the name of a variable");
    out->variable = word().text;
    ++next_;
    bound_.push_back(out->variable);
    do {
      need(",");
      out->parts.push_back(expression());
    } while (is(","));
    need(")");
    bound_.pop_back();
    const std::size_t max = out->name == "map" ? 3 : 2;
    if (out->parts.size() > max) fail(at, out->name + " has too many arguments");
    return out;
  }

  void arguments(Node& out, std::string_view end) {
    if (take(end)) return;
    do {
      if (is(end) && end != ")") break;  // lists and maps may end in a comma
      out.parts.push_back(expression());
      if (out.op == Op::kMap) {
        need(":");
        out.parts.push_back(expression());
      }
    } while (take(","));
    need(end);
  }

  static void check_call(const Node& call) {
    const auto count = call.parts.size() - (call.method ? 1 : 0);
    if (!has_function(call.name, call.method, count)) {
      fail(call.at, "there is no function " + call.name + " with " + std::to_string(count) + " arguments" +
                        (call.method ? " that is called on a value" : ""));
    }
  }

  NodePtr primary() {
    const auto at = word().at;
    if (word().token == Token::kLiteral) {
      if (word().text == "least") fail(at, "the number is too large");
      auto out = make(Op::kLiteral, at);
      out->literal = word().literal;
      ++next_;
      return out;
    }
    if (take("(")) {
      auto out = expression();
      need(")");
      return out;
    }
    if (take("[")) {
      auto out = make(Op::kList, at);
      arguments(*out, "]");
      return out;
    }
    if (take("{")) {
      auto out = make(Op::kMap, at);
      arguments(*out, "}");
      return out;
    }
    take(".");  // a name of the root
    if (word().token != Token::kName)
      fail(at, word().token == Token::kEnd ? "the expression ends too early" : "expected a value");
    auto name = word().text;
    ++next_;
    if (take("(")) return call(std::move(name), at);
    const bool known = std::find(names_.begin(), names_.end(), name) != names_.end() ||
                       std::find(bound_.begin(), bound_.end(), name) != bound_.end() || is_type_name(name);
    if (!known) fail(at, "undeclared reference to '" + name + "'");
    return make(Op::kName, at, std::move(name));
  }

  NodePtr call(std::string name, std::size_t at) {
    auto out = make(Op::kCall, at, std::move(name));
    arguments(*out, ")");
    if (out->name != "has") {
      check_call(*out);
      return out;
    }
    if (out->parts.size() != 1 || out->parts[0]->op != Op::kSelect)
      fail(at, "has() takes a field, such as has(body.name)");
    auto test = make(Op::kTest, at, out->parts[0]->name);
    test->parts.push_back(std::move(out->parts[0]->parts[0]));
    return test;
  }

  std::vector<Word> words_;
  const std::vector<std::string>& names_;
  std::vector<std::string> bound_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace

tl::expected<NodePtr, SyntaxError> parse(std::string_view text, const std::vector<std::string>& names) {
  auto words = split(text);
  if (!words) return tl::make_unexpected(std::move(words.error()));
  try {
    return Parser(std::move(*words), names).whole();
  } catch (Thrown& thrown) {
    return tl::make_unexpected(std::move(thrown.error));
  }
}

}  // namespace vedette::cel
