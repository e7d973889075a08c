#include "cel/program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "cel/types.hpp"

namespace vedette::cel {

namespace {

constexpr int kMaxSteps = 1'000'000;
constexpr std::size_t kDeepestJson = 128;

Value value_of(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::bool_:
      return Value(json.get_bool());
    case boost::json::kind::int64:
      return Value(static_cast<double>(json.get_int64()));
    case boost::json::kind::uint64:
      return Value(static_cast<double>(json.get_uint64()));
    case boost::json::kind::double_:
      return Value(json.get_double());
    case boost::json::kind::string:
      return Value(std::string(json.get_string()));
    case boost::json::kind::array: {
      List items;
      for (const auto& item : json.get_array()) items.push_back(value_of(item));
      return Value::list(std::move(items));
    }
    case boost::json::kind::object: {
      Map entries;
      for (const auto& pair : json.get_object()) entries["s" + std::string(pair.key())] = value_of(pair.value());
      return Value::map(std::move(entries));
    }
    case boost::json::kind::null:
      break;
  }
  return Value(Null());
}

class Evaluation {
 public:
  Evaluation(const std::string& variable, const Value& value) { names_.emplace_back(variable, value); }

  Outcome of(const Node& node) {
    if (++steps_ > kMaxSteps) return tl::make_unexpected("the expression takes too many steps");
    switch (node.op) {
      case Op::kLiteral:
        return node.literal;
      case Op::kName:
        return named(node.name);
      case Op::kSelect:
      case Op::kTest:
        return selected(node);
      case Op::kIndex:
      case Op::kBinary:
        return of_two(node);
      case Op::kCall:
        return called(node);
      case Op::kList:
        return list(node);
      case Op::kMap:
        return map(node);
      case Op::kNot:
      case Op::kNegate:
        return of_one(node);
      case Op::kOr:
      case Op::kAnd:
        return logical(node);
      case Op::kConditional:
        return conditional(node);
      case Op::kMacro:
        return macro(node);
    }
    return tl::make_unexpected("there is no such expression");
  }

 private:
  [[nodiscard]] Outcome named(const std::string& name) const {
    for (auto it = names_.rbegin(); it != names_.rend(); ++it) {
      if (it->first == name) return it->second;
    }
    return Value(Type{name});
  }

  Outcome selected(const Node& node) {
    const auto operand = of(*node.parts[0]);
    if (!operand || node.op == Op::kSelect) return operand ? select(*operand, node.name) : operand;
    if (operand->map() == nullptr) return select(*operand, node.name);
    return Value(select(*operand, node.name).has_value());
  }

  Outcome of_two(const Node& node) {
    auto a = of(*node.parts[0]);
    if (!a) return a;
    auto b = of(*node.parts[1]);
    if (!b) return b;
    // Long lists take long to compare, copy and search.
    for (const auto* list : {a->list(), b->list()}) steps_ += list == nullptr ? 0 : static_cast<int>(list->size());
    return node.op == Op::kIndex ? index(*a, *b) : binary(node.name, *a, *b);
  }

  Outcome of_one(const Node& node) {
    auto operand = of(*node.parts[0]);
    if (!operand || node.op == Op::kNegate) return operand ? negate(*operand) : operand;
    const auto* flag = operand->get<bool>();
    if (flag == nullptr) return tl::make_unexpected("! does not take " + operand->type_name());
    return Value(!*flag);
  }

  Outcome called(const Node& node) {
    std::vector<Value> arguments;
    for (const auto& part : node.parts) {
      auto argument = of(*part);
      if (!argument) return argument;
      arguments.push_back(std::move(*argument));
    }
    return call(node.name, arguments);
  }

  Outcome list(const Node& node) {
    List items;
    for (const auto& part : node.parts) {
      auto item = of(*part);
      if (!item) return item;
      items.push_back(std::move(*item));
    }
    return Value::list(std::move(items));
  }

  Outcome map(const Node& node) {
    Map entries;
    for (std::size_t i = 0; i < node.parts.size(); i += 2) {
      auto key = of(*node.parts[i]);
      if (!key) return key;
      auto value = of(*node.parts[i + 1]);
      if (!value) return value;
      auto name = map_key(*key);
      if (!name) return tl::make_unexpected(name.error());
      if (!entries.emplace(std::move(*name), std::move(*value)).second)
        return tl::make_unexpected("a key stands twice in a map");
    }
    return Value::map(std::move(entries));
  }

  /// An error on one side does not count when the other side decides.
  Outcome logical(const Node& node) {
    const bool decides = node.op == Op::kOr;
    Outcome kept = Value(!decides);
    for (const auto& part : node.parts) {
      auto side = of(*part);
      const auto* flag = side ? side->get<bool>() : nullptr;
      if (flag != nullptr && *flag == decides) return side;
      if (flag == nullptr && kept) {
        kept = side ? Outcome(tl::make_unexpected(node.name + " does not take " + side->type_name())) : side;
      }
    }
    return kept;
  }

  Outcome conditional(const Node& node) {
    auto condition = of(*node.parts[0]);
    if (!condition) return condition;
    const auto* flag = condition->get<bool>();
    if (flag == nullptr) return tl::make_unexpected("? does not take " + condition->type_name());
    return of(*node.parts[*flag ? 1 : 2]);
  }

  Outcome macro(const Node& node) {
    auto range = of(*node.parts[0]);
    if (!range) return range;
    List items;
    if (const auto* found = range->list()) {
      items = *found;
    } else if (const auto* entries = range->map()) {
      for (const auto& [key, value] : *entries) items.push_back(key_value(key));
    } else {
      return tl::make_unexpected(node.name + "() does not take " + range->type_name());
    }
    if (node.name == "all" || node.name == "exists") return any_or_all(node, items);
    List out;
    for (const auto& item : items) {
      names_.emplace_back(node.variable, item);
      auto kept = collect(node, item, out);
      names_.pop_back();
      if (!kept) return tl::make_unexpected(kept.error());
    }
    if (node.name == "exists_one") return Value(out.size() == 1);
    return Value::list(std::move(out));
  }

  /// As a chain of && or || over the items.
  Outcome any_or_all(const Node& node, const List& items) {
    const bool decides = node.name == "exists";
    Outcome kept = Value(!decides);
    for (const auto& item : items) {
      names_.emplace_back(node.variable, item);
      auto one = of(*node.parts[1]);
      names_.pop_back();
      const auto* flag = one ? one->get<bool>() : nullptr;
      if (flag != nullptr && *flag == decides) return one;
      if (flag == nullptr && kept) {
        kept = one ? Outcome(tl::make_unexpected(node.name + "() wants true or false")) : one;
      }
    }
    return kept;
  }

  /// What filter, map and exists_one make of one item.
  tl::expected<void, std::string> collect(const Node& node, const Value& item, List& out) {
    const bool maps = node.name == "map";
    const bool conditional = !maps || node.parts.size() == 3;
    if (conditional) {
      const auto wanted = of(*node.parts[1]);
      if (!wanted) return tl::make_unexpected(wanted.error());
      const auto* flag = wanted->get<bool>();
      if (flag == nullptr) return tl::make_unexpected(node.name + "() wants true or false");
      if (!*flag) return {};
    }
    if (!maps) {
      out.push_back(item);
      return {};
    }
    auto made = of(*node.parts.back());
    if (!made) return tl::make_unexpected(made.error());
    out.push_back(std::move(*made));
    return {};
  }

  std::vector<std::pair<std::string, Value>> names_;
  int steps_ = 0;
};

}  // namespace

tl::expected<Program, SyntaxError> Program::compile(std::string_view text, const std::string& variable) {
  auto root = parse(text, {variable});
  if (!root) return tl::make_unexpected(std::move(root.error()));
  if (auto error = type_error(**root)) return tl::make_unexpected(std::move(*error));
  Program out;
  out.text_ = text;
  out.variable_ = variable;
  out.root_ = std::move(*root);
  return out;
}

Outcome Program::run(const Value& value) const {
  return Evaluation(variable_, value).of(*root_);
}

tl::expected<Value, std::string> from_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kDeepestJson;
  boost::system::error_code error;
  const auto json = boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return tl::make_unexpected(error.message());
  return value_of(json);
}

}  // namespace vedette::cel
