#include "cel/types.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "cel/functions.hpp"
#include "cel/time.hpp"

namespace vedette::cel {

namespace {

/// A set of the types that a value may have. One bit each; all of them is what CEL calls dyn.
using Set = std::uint16_t;

constexpr Set kBool = 1;
constexpr Set kInt = 2;
constexpr Set kUint = 4;
constexpr Set kDouble = 8;
constexpr Set kString = 16;
constexpr Set kBytes = 32;
constexpr Set kTimestamp = 64;
constexpr Set kDuration = 128;
constexpr Set kList = 256;
constexpr Set kMap = 512;
constexpr Set kNull = 1024;
constexpr Set kType = 2048;
constexpr Set kAny = 4095;
constexpr Set kNoArgument = 0;

struct Overload {
  std::string_view name;
  std::array<Set, 2> arguments;
  Set result;
};

// https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
constexpr std::array kOverloads{
    Overload{"!", {kBool, kNoArgument}, kBool},
    Overload{"neg", {kInt, kNoArgument}, kInt},
    Overload{"neg", {kDouble, kNoArgument}, kDouble},
    Overload{"+", {kInt, kInt}, kInt},
    Overload{"+", {kUint, kUint}, kUint},
    Overload{"+", {kDouble, kDouble}, kDouble},
    Overload{"+", {kString, kString}, kString},
    Overload{"+", {kBytes, kBytes}, kBytes},
    Overload{"+", {kList, kList}, kList},
    Overload{"+", {kDuration, kDuration}, kDuration},
    Overload{"+", {kTimestamp, kDuration}, kTimestamp},
    Overload{"+", {kDuration, kTimestamp}, kTimestamp},
    Overload{"-", {kInt, kInt}, kInt},
    Overload{"-", {kUint, kUint}, kUint},
    Overload{"-", {kDouble, kDouble}, kDouble},
    Overload{"-", {kTimestamp, kTimestamp}, kDuration},
    Overload{"-", {kTimestamp, kDuration}, kTimestamp},
    Overload{"-", {kDuration, kDuration}, kDuration},
    Overload{"*", {kInt, kInt}, kInt},
    Overload{"*", {kUint, kUint}, kUint},
    Overload{"*", {kDouble, kDouble}, kDouble},
    Overload{"/", {kInt, kInt}, kInt},
    Overload{"/", {kUint, kUint}, kUint},
    Overload{"/", {kDouble, kDouble}, kDouble},
    Overload{"%", {kInt, kInt}, kInt},
    Overload{"%", {kUint, kUint}, kUint},
    Overload{"in", {kAny, kList}, kBool},
    Overload{"in", {kAny, kMap}, kBool},
    Overload{"[]", {kList, kInt | kDouble | kUint}, kAny},
    Overload{"[]", {kMap, kAny}, kAny},
    Overload{"size", {kString | kBytes | kList | kMap, kNoArgument}, kInt},
    Overload{"int", {kInt | kUint | kDouble | kString | kTimestamp, kNoArgument}, kInt},
    Overload{"uint", {kInt | kUint | kDouble | kString, kNoArgument}, kUint},
    Overload{"double", {kInt | kUint | kDouble | kString, kNoArgument}, kDouble},
    Overload{
        "string", {kBool | kInt | kUint | kDouble | kString | kBytes | kTimestamp | kDuration, kNoArgument}, kString},
    Overload{"bool", {kBool | kString, kNoArgument}, kBool},
    Overload{"bytes", {kBytes | kString, kNoArgument}, kBytes},
    Overload{"timestamp", {kTimestamp | kInt | kString, kNoArgument}, kTimestamp},
    Overload{"duration", {kDuration | kInt | kString, kNoArgument}, kDuration},
    Overload{"type", {kAny, kNoArgument}, kType},
    Overload{"dyn", {kAny, kNoArgument}, kAny},
    Overload{"contains", {kString, kString}, kBool},
    Overload{"startsWith", {kString, kString}, kBool},
    Overload{"endsWith", {kString, kString}, kBool},
    Overload{"matches", {kString, kString}, kBool},
};

std::string names_of(Set set) {
  constexpr std::array<std::string_view, 12> kNames{"bool",      "int",      "uint", "double", "string", "bytes",
                                                    "timestamp", "duration", "list", "map",    "null",   "type"};
  if (set == kAny) return "dyn";
  std::string out;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((set & (1U << i)) != 0) out += (out.empty() ? "" : " or ") + std::string(kNames.at(i));
  }
  return out;
}

Set type_of(const Value& literal) {
  if (literal.get<bool>()) return kBool;
  if (literal.get<std::int64_t>()) return kInt;
  if (literal.get<std::uint64_t>()) return kUint;
  if (literal.get<double>()) return kDouble;
  if (literal.get<std::string>()) return kString;
  if (literal.get<Bytes>()) return kBytes;
  if (literal.get<Null>()) return kNull;
  return kAny;
}

class Checker {
 public:
  Set of(const Node& node) {
    switch (node.op) {
      case Op::kLiteral:
        return type_of(node.literal);
      case Op::kName:
        return is_type_name(node.name) ? kType : kAny;
      case Op::kSelect:
      case Op::kTest:
        return selected(node);
      case Op::kIndex:
        return matched(node, "[]");
      case Op::kBinary:
        return compares(node.name) ? compared(node) : matched(node, node.name);
      case Op::kCall:
        return is_time_part(node.name) ? time_part(node) : matched(node, node.name);
      case Op::kList:
      case Op::kMap:
        for (const auto& part : node.parts) of(*part);
        return node.op == Op::kList ? kList : kMap;
      case Op::kNot:
        return matched(node, "!");
      case Op::kNegate:
        return matched(node, "neg");
      case Op::kOr:
      case Op::kAnd:
        for (const auto& part : node.parts) want(*part, kBool, node.name);
        return kBool;
      case Op::kConditional:
        return conditional(node);
      case Op::kMacro:
        return macro(node);
    }
    return kAny;
  }

  std::optional<SyntaxError> error;

 private:
  static bool compares(std::string_view op) {
    return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=";
  }

  Set complain(const Node& node, std::string message) {
    if (!error) error = SyntaxError{node.at, std::move(message)};
    return kAny;
  }

  void want(const Node& node, Set wanted, std::string_view by) {
    const Set found = of(node);
    if ((found & wanted) == 0) complain(node, fmt::format("{} does not take {}", by, names_of(found)));
  }

  Set matched(const Node& node, std::string_view name) {
    const Set first = of(*node.parts[0]);
    const Set second = node.parts.size() > 1 ? of(*node.parts[1]) : kNoArgument;
    Set result = 0;
    for (const auto& overload : kOverloads) {
      const bool fits = overload.name == name && (overload.arguments[0] & first) != 0 &&
                        (second == kNoArgument) == (overload.arguments[1] == kNoArgument) &&
                        (second == kNoArgument || (overload.arguments[1] & second) != 0);
      if (fits) result |= overload.result;
    }
    if (result != 0) return result;
    return complain(
        node, fmt::format("{} does not take {}", name == "neg" ? "-" : name,
                          second == kNoArgument ? names_of(first) : names_of(first) + " and " + names_of(second)));
  }

  /// Both sides have one type; for an order, one that has an order.
  Set compared(const Node& node) {
    const Set ordered = node.name == "==" || node.name == "!=" ? kAny : kAny & ~(kList | kMap | kNull | kType);
    const Set first = of(*node.parts[0]);
    const Set second = of(*node.parts[1]);
    if ((first & second & ordered) != 0) return kBool;
    return complain(node, fmt::format("{} does not take {} and {}", node.name, names_of(first), names_of(second)));
  }

  Set selected(const Node& node) {
    want(*node.parts[0], kMap, "." + node.name);
    return node.op == Op::kTest ? kBool : kAny;
  }

  Set time_part(const Node& node) {
    const bool of_durations = node.name == "getHours" || node.name == "getMinutes" || node.name == "getSeconds" ||
                              node.name == "getMilliseconds";
    want(*node.parts[0], of_durations ? kTimestamp | kDuration : kTimestamp, node.name);
    if (node.parts.size() > 1) want(*node.parts[1], kString, node.name);
    return kInt;
  }

  Set conditional(const Node& node) {
    want(*node.parts[0], kBool, "?");
    const Set yes = of(*node.parts[1]);
    const Set no = of(*node.parts[2]);
    if ((yes & no) != 0) return yes | no;
    return complain(node, fmt::format("? gives {} or {}", names_of(yes), names_of(no)));
  }

  Set macro(const Node& node) {
    want(*node.parts[0], kList | kMap, node.name);
    const bool maps = node.name == "map";
    for (std::size_t i = 1; i < node.parts.size(); ++i) {
      const bool condition = !maps || (node.parts.size() == 3 && i == 1);
      if (condition) want(*node.parts[i], kBool, node.name);
      if (!condition) of(*node.parts[i]);
    }
    return maps || node.name == "filter" ? kList : kBool;
  }
};

}  // namespace

std::optional<SyntaxError> type_error(const Node& root) {
  Checker checker;
  checker.of(root);
  return std::move(checker.error);
}

}  // namespace vedette::cel
