#include <fmt/format.h>

#include <algorithm>

#include "language/jsonpath/jsonpath.hpp"
#include "language/jsonpath/jsonpath_syntax.hpp"

namespace vedette::language {

namespace jsonpath {

namespace {

constexpr std::size_t kMembersOfVisit = 16;

using Nodes = std::vector<const Value*>;

class Selection {
 public:
  Selection(const Value& root, std::size_t max) : root_(root), max_(max) {}

  Nodes find(const Query& query, const Value& current) {
    Nodes nodes{query.relative ? &current : &root_};
    for (const auto& segment : query.segments) {
      Nodes next;
      for (const auto* node : nodes) apply(segment, *node, next);
      nodes = std::move(next);
    }
    return nodes;
  }

  [[nodiscard]] bool exhausted() const { return visits_ > max_; }

 private:
  bool visit() { return ++visits_ <= max_; }

  void apply(const Segment& segment, const Value& node, Nodes& out) {
    if (!visit()) return;
    for (const auto& selector : segment.selectors) {
      std::visit([&](const auto& s) { pick(s, node, out); }, selector);
    }
    if (!segment.descendant) return;
    each_child(node, [&](const Value& child) { apply(segment, child, out); });
  }

  template <typename Action>
  static void each_child(const Value& node, Action action) {
    if (const auto* items = node.list()) {
      for (const auto& item : *items) action(item);
    } else if (const auto* members = node.object()) {
      for (const auto& [name, value] : *members) action(value);
    }
  }

  void pick(const std::string& name, const Value& node, Nodes& out) {
    const auto* members = node.object();
    if (members == nullptr) return;
    // A filter may look a name up again for each of many nodes.
    visits_ += members->size() / kMembersOfVisit;
    if (const auto* member = node.member(name)) out.push_back(member);
  }

  static void pick(std::int64_t index, const Value& node, Nodes& out) {
    const auto* items = node.list();
    if (items == nullptr) return;
    const auto size = static_cast<std::int64_t>(items->size());
    const auto at = index < 0 ? size + index : index;
    if (at >= 0 && at < size) out.push_back(&(*items)[static_cast<std::size_t>(at)]);
  }

  void pick(Wildcard /*all*/, const Value& node, Nodes& out) {
    each_child(node, [&](const Value& child) {
      if (visit()) out.push_back(&child);
    });
  }

  /// RFC 9535 section 2.3.4.2.2.
  void pick(const Slice& slice, const Value& node, Nodes& out) {
    const auto* items = node.list();
    if (items == nullptr || slice.step == 0) return;
    const auto size = static_cast<std::int64_t>(items->size());
    const bool forward = slice.step > 0;
    const auto bound = [&](std::optional<std::int64_t> written, std::int64_t otherwise) {
      const auto at = written ? (*written < 0 ? size + *written : *written) : otherwise;
      return forward ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
    };
    const auto start = bound(slice.start, forward ? 0 : size - 1);
    // What is not written is one before the first, which no number says.
    const auto end = slice.end ? bound(slice.end, 0) : (forward ? size : -1);
    for (auto i = start; forward ? i < end : i > end; i += slice.step) {
      if (!visit()) return;
      out.push_back(&(*items)[static_cast<std::size_t>(i)]);
    }
  }

  void pick(const Filter& filter, const Value& node, Nodes& out) {
    each_child(node, [&](const Value& child) {
      if (visit() && holds(*filter.condition, child)) out.push_back(&child);
    });
  }

  bool holds(const Expression& expression, const Value& current) {
    const auto part_holds = [&](const ExpressionPtr& part) { return holds(*part, current); };
    switch (expression.op) {
      case Op::kOr:
        return std::any_of(expression.parts.begin(), expression.parts.end(), part_holds);
      case Op::kAnd:
        return std::all_of(expression.parts.begin(), expression.parts.end(), part_holds);
      case Op::kNot:
        return !part_holds(expression.parts[0]);
      case Op::kQuery:
        return !find(expression.query, current).empty();
      case Op::kCall:
        return matches(expression, current);
      case Op::kLiteral:
        return false;
      default:
        return compares(expression, current);
    }
  }

  bool compares(const Expression& expression, const Value& current) {
    const auto a = value_of(*expression.parts[0], current);
    const auto b = value_of(*expression.parts[1], current);
    const bool same = a && b ? equal(*a, *b) : !a && !b;
    if (expression.op == Op::kEqual) return same;
    if (expression.op == Op::kNotEqual) return !same;
    const bool less = a && b && compare(*a, *b) == -1;
    return less || (expression.op == Op::kLessEqual && same);
  }

  /// Of a path the one node's value; nothing when there is none.
  Found value_of(const Expression& expression, const Value& current) {
    if (expression.op == Op::kLiteral) return expression.literal;
    if (expression.op == Op::kQuery) {
      const auto nodes = find(expression.query, current);
      return nodes.empty() ? Found() : Found(*nodes.front());
    }
    const auto& argument = *expression.parts[0];
    if (expression.function == "length") return length(value_of(argument, current));
    const auto nodes = find(argument.query, current);
    if (expression.function == "count") return Value(static_cast<std::int64_t>(nodes.size()));
    return nodes.size() == 1 ? Found(*nodes.front()) : Found();
  }

  static Found length(const Found& of) {
    if (!of) return std::nullopt;
    if (const auto* text = of->get<std::string>()) {
      return Value(static_cast<std::int64_t>(std::count_if(
          text->begin(), text->end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; })));
    }
    if (const auto* items = of->list()) return Value(static_cast<std::int64_t>(items->size()));
    if (const auto* members = of->object()) return Value(static_cast<std::int64_t>(members->size()));
    return std::nullopt;
  }

  bool matches(const Expression& expression, const Value& current) {
    const auto subject = value_of(*expression.parts[0], current);
    const auto* text = subject ? subject->get<std::string>() : nullptr;
    if (text == nullptr) return false;
    if (expression.pattern) return expression.pattern->found_in(*text);
    const auto written = value_of(*expression.parts[1], current);
    const auto* pattern_text = written ? written->get<std::string>() : nullptr;
    if (pattern_text == nullptr) return false;
    const auto pattern = regular_expression(*pattern_text, expression.function == "match");
    return pattern && pattern->found_in(*text);
  }

  const Value& root_;
  const std::size_t max_;
  std::size_t visits_ = 0;
};

}  // namespace

std::optional<config::Pattern> regular_expression(const std::string& text, bool whole) {
  // In RFC 9485 a point is neither CR nor LF.
  std::string translated;
  bool in_class = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      translated += c;
      translated += text[++i];
    } else if (c == '.' && !in_class) {
      translated += "[^\\n\\r]";
    } else {
      in_class = c == '[' || (in_class && c != ']');
      translated += c;
    }
  }
  const auto pattern = config::Pattern::compile(whole ? "^(?:" + translated + ")$" : translated);
  if (!pattern) return std::nullopt;
  return *pattern;
}

}  // namespace jsonpath

tl::expected<std::vector<const Value*>, Trouble> JsonPath::select(const Value& root, std::size_t max) const {
  jsonpath::Selection selection(root, max);
  auto nodes = selection.find(*query_, root);
  if (selection.exhausted()) {
    return tl::make_unexpected(
        Trouble(FaultKind::kLimit, fmt::format("the path visits more than {} nodes", max), "jsonpath_nodes"));
  }
  return nodes;
}

}  // namespace vedette::language
