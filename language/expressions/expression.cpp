#include "language/expressions/expression.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "language/expressions/expression_syntax.hpp"
#include "language/filters/filters.hpp"

namespace vedette::language {

using expression::Arguments;
using expression::Node;
using expression::NodePtr;
using expression::Op;

namespace {

Fault fault(FaultKind kind, Span span, std::string message) {
  return {.kind = kind, .span = span, .message = std::move(message)};
}

/// Evaluates one expression; a tree is at most as deep as its parser lets it be.
class Evaluator {
 public:
  using Evaluated = tl::expected<Value, Fault>;

  explicit Evaluator(Scope& scope) : scope_(scope), left_(scope.max_nodes()) {}

  Evaluated of(const Node& node) {
    if (left_-- == 0) {
      left_ = 0;
      return tl::make_unexpected(Fault{.kind = FaultKind::kLimit,
                                       .span = node.span,
                                       .message = "the expression has too many parts",
                                       .limit = "expression_nodes"});
    }
    auto value = dispatch(node);
    if (value) {
      const auto* text = value->get<std::string>();
      if (text != nullptr && text->size() > scope_.longest_text()) return too_long(node.span);
    }
    return value;
  }

 private:
  static tl::unexpected<Fault> fail(FaultKind kind, Span span, std::string message) {
    return tl::make_unexpected(fault(kind, span, std::move(message)));
  }
  static tl::unexpected<Fault> too_long(Span span) {
    return tl::make_unexpected(Fault{
        .kind = FaultKind::kLimit, .span = span, .message = "the text becomes too long", .limit = "template_output"});
  }

  Evaluated dispatch(const Node& node) {
    switch (node.op) {
      case Op::kLiteral:
        return node.literal;
      case Op::kName:
        return variable(node);
      case Op::kList:
        return list(node);
      case Op::kObject:
        return object(node);
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr:
      case Op::kCondition:
        return logical(node);
      case Op::kMember:
      case Op::kIndex:
        return part(node);
      case Op::kCall:
        return call(node);
      case Op::kPipe:
        return pipe(node);
      case Op::kMinus: {
        auto value = of(*node.parts[0]);
        if (!value) return value;
        return arithmetic(Op::kSubtract, Value(std::int64_t{0}), *value, node.span);
      }
      default:
        return binary(node);
    }
  }

  Evaluated variable(const Node& node) {
    const auto* found = scope_.variable(node.name);
    if (found != nullptr) return *found;
    return fail(FaultKind::kUndefinedVariable, node.span, fmt::format("you must set the variable {}", node.name));
  }

  Evaluated list(const Node& node) {
    List items;
    bool secret = false;
    for (const auto& item : node.parts) {
      auto value = of(*item);
      if (!value) return value;
      secret = secret || value->is_secret();
      items.push_back(std::move(*value));
    }
    return Value::list(std::move(items)).as_secret(secret);
  }

  Evaluated object(const Node& node) {
    Object members;
    bool secret = false;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      auto value = of(*node.parts[i]);
      if (!value) return value;
      secret = secret || value->is_secret();
      members.emplace_back(node.names[i], std::move(*value));
    }
    return Value::object(std::move(members)).as_secret(secret);
  }

  Evaluated logical(const Node& node) {
    auto first = of(*node.parts[0]);
    if (!first) return first;
    const auto truth = truth_of(*first, node.parts[0]->span);
    if (!truth) return tl::make_unexpected(truth.error());
    if (node.op == Op::kNot) return Value(!*truth);
    if (node.op == Op::kCondition) return of(*node.parts[*truth ? 1 : 2]);
    if (*truth == (node.op == Op::kOr)) return Value(*truth);
    auto second = of(*node.parts[1]);
    if (!second) return second;
    const auto other = truth_of(*second, node.parts[1]->span);
    if (!other) return tl::make_unexpected(other.error());
    return Value(*other);
  }

  Evaluated part(const Node& node) {
    auto whole = of(*node.parts[0]);
    if (!whole) return whole;
    if (node.op == Op::kMember) return member(*whole, node.name, node.span);
    auto index = of(*node.parts[1]);
    if (!index) return index;
    if (const auto* name = index->get<std::string>()) return member(*whole, *name, node.span);
    const auto* items = whole->list();
    const auto* at = index->get<std::int64_t>();
    if (items == nullptr || at == nullptr) {
      return fail(FaultKind::kExpression, node.span, fmt::format("{} has no items", described(*whole)));
    }
    const auto size = static_cast<std::int64_t>(items->size());
    const auto position = *at < 0 ? size + *at : *at;
    if (position < 0 || position >= size) {
      return fail(FaultKind::kUndefinedVariable, node.span, fmt::format("the list of {} has no item {}", size, *at));
    }
    return (*items)[static_cast<std::size_t>(position)].as_secret(whole->is_secret());
  }

  static Evaluated member(const Value& whole, const std::string& name, Span span) {
    if (whole.object() == nullptr) {
      return fail(FaultKind::kExpression, span, fmt::format("{} has no members", kind_of(whole)));
    }
    const auto* found = whole.member(name);
    if (found == nullptr) {
      return fail(FaultKind::kUndefinedVariable, span, fmt::format("the object has no member {}", name));
    }
    return found->as_secret(whole.is_secret());
  }

  Evaluated pipe(const Node& node) {
    auto input = of(*node.parts[0]);
    if (!input) return input;
    auto filter = *node.filter;
    filter.reading = scope_.reading();
    auto output = filter.info->apply(*input, filter);
    const auto filter_fault = [&](const Trouble& trouble) {
      return tl::make_unexpected(Fault{.kind = trouble.kind,
                                       .span = filter.span,
                                       .message = fmt::format("{}: {}", filter.info->name, trouble.message),
                                       .limit = trouble.limit});
    };
    if (!output) return filter_fault(output.error());
    if (!*output) return filter_fault(std::string("it gives nothing"));
    return (*output)->as_secret(input->is_secret());
  }

  Evaluated call(const Node& node) {
    if (node.name == "defined" || node.name == "default") {
      auto value = of(*node.parts[0]);
      const bool missing = !value && value.error().kind == FaultKind::kUndefinedVariable;
      if (!value && !missing) return value;
      if (node.name == "defined") return Value(!missing);
      return missing || value->get<Null>() != nullptr ? of(*node.parts[1]) : value;
    }
    Arguments arguments;
    bool secret = false;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      auto value = of(*node.parts[i]);
      if (!value) return value;
      secret = secret || value->is_secret();
      if (node.names[i].empty()) {
        arguments.plain.push_back(std::move(*value));
      } else {
        arguments.named.emplace_back(node.names[i], std::move(*value));
      }
    }
    if (node.name == "step") return step(node, arguments);
    auto result = expression::find_function(node.name)->call(arguments, scope_);
    if (!result) return fail(FaultKind::kExpression, node.span, fmt::format("{}: {}", node.name, result.error()));
    const bool telling = result->get<std::string>() != nullptr || result->get<Bytes>() != nullptr ||
                         result->list() != nullptr || result->object() != nullptr;
    return result->as_secret(secret && telling);
  }

  Evaluated step(const Node& node, const Arguments& arguments) {
    const auto* id = arguments.plain[0].get<std::string>();
    const auto found = id == nullptr ? std::nullopt : scope_.step(*id);
    if (found) return *found;
    return fail(FaultKind::kUndefinedVariable, node.span,
                fmt::format("there is no step {} that has run", described(arguments.plain[0])));
  }

  Evaluated binary(const Node& node) {
    auto a = of(*node.parts[0]);
    if (!a) return a;
    auto b = of(*node.parts[1]);
    if (!b) return b;
    if (node.op == Op::kEqual) return Value(equal(*a, *b));
    if (node.op == Op::kNotEqual) return Value(!equal(*a, *b));
    if (node.op == Op::kLess || node.op == Op::kLessEqual || node.op == Op::kGreater || node.op == Op::kGreaterEqual) {
      const auto order = compare(*a, *b);
      if (!order) {
        return fail(FaultKind::kExpression, node.span,
                    fmt::format("{} and {} have no order", described(*a), described(*b)));
      }
      if (node.op == Op::kLess) return Value(*order < 0);
      if (node.op == Op::kLessEqual) return Value(*order <= 0);
      if (node.op == Op::kGreater) return Value(*order > 0);
      return Value(*order >= 0);
    }
    return arithmetic(node.op, *a, *b, node.span);
  }

  Evaluated arithmetic(Op op, const Value& a, const Value& b, Span span) {
    const bool secret = a.is_secret() || b.is_secret();
    const auto *text = a.get<std::string>(), *more = b.get<std::string>();
    if (op == Op::kAdd && text != nullptr && more != nullptr) {
      if (text->size() + more->size() > scope_.longest_text()) return too_long(span);
      return Value(*text + *more).as_secret(secret);
    }
    const auto *x = a.get<std::int64_t>(), *y = b.get<std::int64_t>();
    if (x != nullptr && y != nullptr) return whole_numbers(op, *x, *y, span);
    const auto left = real(a);
    const auto right = real(b);
    if (!left || !right) {
      return fail(FaultKind::kExpression, span,
                  fmt::format("there is no arithmetic of {} and {}", secret ? "a secret" : described(a),
                              secret ? "another" : described(b)));
    }
    const double result = op == Op::kAdd        ? *left + *right
                          : op == Op::kSubtract ? *left - *right
                          : op == Op::kMultiply ? *left * *right
                          : op == Op::kDivide   ? *left / *right
                                                : std::fmod(*left, *right);
    if (!std::isfinite(result)) return fail(FaultKind::kExpression, span, "the result is no number");
    return Value(result);
  }

  static Evaluated whole_numbers(Op op, std::int64_t x, std::int64_t y, Span span) {
    std::int64_t out = 0;
    bool overflows = false;
    if (op == Op::kAdd) overflows = __builtin_add_overflow(x, y, &out);
    if (op == Op::kSubtract) overflows = __builtin_sub_overflow(x, y, &out);
    if (op == Op::kMultiply) overflows = __builtin_mul_overflow(x, y, &out);
    if (op == Op::kDivide || op == Op::kRemainder) {
      if (y == 0) return fail(FaultKind::kExpression, span, "division by zero");
      overflows = x == std::numeric_limits<std::int64_t>::min() && y == -1;
      if (!overflows) out = op == Op::kDivide ? x / y : x % y;
    }
    if (overflows) return fail(FaultKind::kExpression, span, "the result is beyond 64 bits");
    return Value(out);
  }

  static std::optional<double> real(const Value& value) {
    if (const auto* whole = value.get<std::int64_t>()) return static_cast<double>(*whole);
    if (const auto* number = value.get<double>()) return *number;
    return std::nullopt;
  }

  Scope& scope_;
  std::size_t left_;
};

using Take = std::function<void(std::string_view name, Span span, bool step)>;

void collect(const Node& node, const Take& take) {
  if (node.op == Op::kName) take(node.name, node.span, false);
  const bool tolerant = node.op == Op::kCall && (node.name == "defined" || node.name == "default");
  if (node.op == Op::kCall && node.name == "step") {
    const auto* id = node.parts[0]->op == Op::kLiteral ? node.parts[0]->literal.get<std::string>() : nullptr;
    if (id != nullptr) take(*id, node.parts[0]->span, true);
  }
  for (std::size_t i = tolerant ? 1 : 0; i < node.parts.size(); ++i) collect(*node.parts[i], take);
}

}  // namespace

Expression Expression::variable(std::string name, Span span) {
  return {std::make_shared<const Node>(Node{.op = Op::kName, .span = span, .name = std::move(name)}), span};
}

Expression Expression::call(std::string function, std::vector<std::int64_t> arguments, Span span) {
  Node node{.op = Op::kCall, .span = span, .name = std::move(function)};
  for (const auto argument : arguments) {
    node.parts.push_back(std::make_shared<const Node>(Node{.span = span, .literal = Value(argument)}));
    node.names.emplace_back();
  }
  return {std::make_shared<const Node>(std::move(node)), span};
}

tl::expected<Value, Fault> Expression::evaluate(Scope& scope) const {
  return Evaluator(scope).of(*root_);
}

std::string_view Expression::name() const {
  return root_->op == Op::kName ? std::string_view(root_->name) : std::string_view();
}

void Expression::for_each_name(const Take& take) const {
  collect(*root_, take);
}

tl::expected<bool, Fault> truth_of(const Value& value, Span span) {
  if (const auto* truth = value.get<bool>()) return *truth;
  return tl::make_unexpected(
      fault(FaultKind::kInvalidType, span, fmt::format("it is {}, not true or false", described(value))));
}

}  // namespace vedette::language
