#include "cel/functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "cel/time.hpp"
#include "config/pattern.hpp"

namespace vedette::cel {

namespace {

constexpr double kTwoTo63 = 9223372036854775808.0;

tl::unexpected<std::string> no_overload(std::string_view what, const std::vector<Value>& arguments) {
  std::string types;
  for (const auto& argument : arguments) types += (types.empty() ? "" : ", ") + argument.type_name();
  return tl::make_unexpected(fmt::format("{} does not take {}", what, types));
}

tl::unexpected<std::string> overflow() {
  return tl::make_unexpected(std::string("a number is out of range"));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

Outcome size(const Value& of) {
  if (const auto* text = of.get<std::string>()) return Value(static_cast<std::int64_t>(characters(*text)));
  if (const auto* bytes = of.get<Bytes>()) return Value(static_cast<std::int64_t>(bytes->data.size()));
  if (const auto* list = of.list()) return Value(static_cast<std::int64_t>(list->size()));
  if (const auto* map = of.map()) return Value(static_cast<std::int64_t>(map->size()));
  return no_overload("size()", {of});
}

template <typename Number>
Outcome parse_number(const std::string& text) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return Value(out);
  return tl::make_unexpected(fmt::format("'{}' is not a number", text.substr(0, 50)));
}

Outcome to_int(const Value& of) {
  if (of.get<std::int64_t>()) return of;
  if (const auto* number = of.get<std::uint64_t>()) {
    if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return overflow();
    return Value(static_cast<std::int64_t>(*number));
  }
  if (const auto* number = of.get<double>()) {
    if (!(*number > -kTwoTo63 && *number < kTwoTo63)) return overflow();
    return Value(static_cast<std::int64_t>(*number));
  }
  if (const auto* text = of.get<std::string>()) return parse_number<std::int64_t>(*text);
  if (const auto* time = of.get<Timestamp>()) return Value(floor_seconds(time->nanoseconds));
  return no_overload("int()", {of});
}

Outcome to_uint(const Value& of) {
  if (of.get<std::uint64_t>()) return of;
  if (const auto* number = of.get<std::int64_t>()) {
    if (*number < 0) return overflow();
    return Value(static_cast<std::uint64_t>(*number));
  }
  if (const auto* number = of.get<double>()) {
    if (!(*number >= 0 && *number < 2 * kTwoTo63)) return overflow();
    return Value(static_cast<std::uint64_t>(*number));
  }
  if (const auto* text = of.get<std::string>()) return parse_number<std::uint64_t>(*text);
  return no_overload("uint()", {of});
}

Outcome to_double(const Value& of) {
  if (of.get<double>()) return of;
  if (const auto* number = of.get<std::int64_t>()) return Value(static_cast<double>(*number));
  if (const auto* number = of.get<std::uint64_t>()) return Value(static_cast<double>(*number));
  if (const auto* text = of.get<std::string>()) return parse_number<double>(*text);
  return no_overload("double()", {of});
}

Outcome to_string(const Value& of) {
  if (of.get<std::string>()) return of;
  if (const auto* flag = of.get<bool>()) return Value(std::string(*flag ? "true" : "false"));
  if (const auto* number = of.get<std::int64_t>()) return Value(std::to_string(*number));
  if (const auto* number = of.get<std::uint64_t>()) return Value(std::to_string(*number));
  if (const auto* number = of.get<double>()) return Value(fmt::format("{}", *number));
  if (const auto* bytes = of.get<Bytes>()) return Value(bytes->data);
  if (const auto* time = of.get<Timestamp>()) return Value(format_timestamp(*time));
  if (const auto* duration = of.get<Duration>()) return Value(format_duration(*duration));
  return no_overload("string()", {of});
}

Outcome to_bool(const Value& of) {
  if (of.get<bool>()) return of;
  const auto* text = of.get<std::string>();
  if (text == nullptr) return no_overload("bool()", {of});
  for (const std::string_view yes : {"true", "TRUE", "True", "t", "1"}) {
    if (*text == yes) return Value(true);
  }
  for (const std::string_view no : {"false", "FALSE", "False", "f", "0"}) {
    if (*text == no) return Value(false);
  }
  return tl::make_unexpected("bool() takes the texts true and false");
}

Outcome to_bytes(const Value& of) {
  if (of.get<Bytes>()) return of;
  if (const auto* text = of.get<std::string>()) return Value(Bytes{*text});
  return no_overload("bytes()", {of});
}

Outcome to_timestamp(const Value& of) {
  if (of.get<Timestamp>()) return of;
  if (const auto* number = of.get<std::int64_t>()) return timestamp_of(*number);
  if (const auto* text = of.get<std::string>()) return parse_timestamp(*text);
  return no_overload("timestamp()", {of});
}

Outcome to_duration(const Value& of) {
  if (of.get<Duration>()) return of;
  if (const auto* text = of.get<std::string>()) return parse_duration(*text);
  return no_overload("duration()", {of});
}

Outcome to_type(const Value& of) {
  return Value(Type{of.type_name()});
}

Outcome as_it_is(const Value& of) {
  return of;
}

using OfOne = Outcome (*)(const Value&);
constexpr std::array<std::pair<std::string_view, OfOne>, 11> kOfOne{{{"size", &size},
                                                                     {"int", &to_int},
                                                                     {"uint", &to_uint},
                                                                     {"double", &to_double},
                                                                     {"string", &to_string},
                                                                     {"bool", &to_bool},
                                                                     {"bytes", &to_bytes},
                                                                     {"timestamp", &to_timestamp},
                                                                     {"duration", &to_duration},
                                                                     {"type", &to_type},
                                                                     {"dyn", &as_it_is}}};

constexpr std::array<std::string_view, 4> kOfTexts{"contains", "startsWith", "endsWith", "matches"};

Outcome of_texts(std::string_view name, const std::string& text, const std::string& other) {
  if (name == "contains") return Value(text.find(other) != std::string::npos);
  if (name == "startsWith") return Value(text.starts_with(other));
  if (name == "endsWith") return Value(text.ends_with(other));
  const auto pattern = config::Pattern::compile(other);
  if (!pattern) return tl::make_unexpected(pattern.error());
  return Value(pattern->found_in(text));
}

/// Sums and products of whole numbers, refusing those that do not fit.
template <typename Number>
Outcome whole(std::string_view op, Number a, Number b) {
  Number out{};
  bool bad = false;
  if (op == "+") bad = __builtin_add_overflow(a, b, &out);
  if (op == "-") bad = __builtin_sub_overflow(a, b, &out);
  if (op == "*") bad = __builtin_mul_overflow(a, b, &out);
  if (op == "/" || op == "%") {
    if (b == 0) return tl::make_unexpected(op == "/" ? "division by zero" : "modulus by zero");
    if constexpr (std::is_signed_v<Number>) {
      if (b == -1 && a == std::numeric_limits<Number>::min()) return overflow();
    }
    out = op == "/" ? a / b : a % b;
  }
  if (bad) return overflow();
  return Value(out);
}

Outcome fraction(std::string_view op, const Value& a, const Value& b) {
  const double x = *a.get<double>();
  const double y = *b.get<double>();
  if (op == "+") return Value(x + y);
  if (op == "-") return Value(x - y);
  if (op == "*") return Value(x * y);
  if (op == "/") return Value(x / y);
  return no_overload(op, {a, b});
}

/// Times: their sums and differences.
Outcome of_times(std::string_view op, const Value& a, const Value& b) {
  const auto* time = a.get<Timestamp>();
  const auto* other_time = b.get<Timestamp>();
  const auto* duration = a.get<Duration>();
  const auto* other_duration = b.get<Duration>();
  std::int64_t out = 0;
  const auto add = [&](std::int64_t x, std::int64_t y) { return !__builtin_add_overflow(x, y, &out); };
  const auto subtract = [&](std::int64_t x, std::int64_t y) { return !__builtin_sub_overflow(x, y, &out); };
  if (op == "+" && duration && other_duration && add(duration->nanoseconds, other_duration->nanoseconds))
    return Value(Duration{out});
  if (op == "+" && time && other_duration && add(time->nanoseconds, other_duration->nanoseconds))
    return Value(Timestamp{out});
  if (op == "+" && duration && other_time && add(duration->nanoseconds, other_time->nanoseconds))
    return Value(Timestamp{out});
  if (op == "-" && duration && other_duration && subtract(duration->nanoseconds, other_duration->nanoseconds))
    return Value(Duration{out});
  if (op == "-" && time && other_duration && subtract(time->nanoseconds, other_duration->nanoseconds))
    return Value(Timestamp{out});
  if (op == "-" && time && other_time && subtract(time->nanoseconds, other_time->nanoseconds))
    return Value(Duration{out});
  return no_overload(op, {a, b});
}

Outcome joined(const Value& a, const Value& b) {
  if (const auto *x = a.get<std::string>(), *y = b.get<std::string>(); x && y) return Value(*x + *y);
  if (const auto *x = a.get<Bytes>(), *y = b.get<Bytes>(); x && y) return Value(Bytes{x->data + y->data});
  if (const auto *x = a.list(), *y = b.list(); x && y) {
    List out = *x;
    out.insert(out.end(), y->begin(), y->end());
    return Value::list(std::move(out));
  }
  return of_times("+", a, b);
}

Outcome arithmetic(std::string_view op, const Value& a, const Value& b) {
  if (a.get<std::int64_t>() && b.get<std::int64_t>()) return whole(op, *a.get<std::int64_t>(), *b.get<std::int64_t>());
  if (a.get<std::uint64_t>() && b.get<std::uint64_t>())
    return whole(op, *a.get<std::uint64_t>(), *b.get<std::uint64_t>());
  if (a.get<double>() && b.get<double>()) return fraction(op, a, b);
  if (op == "+") return joined(a, b);
  if (op == "-") return of_times(op, a, b);
  return no_overload(op, {a, b});
}

Outcome contained(const Value& a, const Value& b) {
  if (const auto* list = b.list()) {
    return Value(std::any_of(list->begin(), list->end(), [&](const Value& item) { return equal(a, item); }));
  }
  if (const auto* map = b.map()) {
    const auto key = map_key(a);
    return Value(key && map->contains(*key));
  }
  return no_overload("in", {a, b});
}

Outcome ordered(std::string_view op, const Value& a, const Value& b) {
  const int order = compare(a, b);
  constexpr int kUnordered = 2;
  // Not-a-number has no order, but may be asked for it.
  if (order == kUnordered) {
    if (a.is_number() && b.is_number()) return Value(false);
    return no_overload(op, {a, b});
  }
  if (op == "<") return Value(order < 0);
  if (op == "<=") return Value(order <= 0);
  if (op == ">") return Value(order > 0);
  return Value(order >= 0);
}

}  // namespace

bool is_type_name(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames{"int",   "uint", "double", "bool",      "string",
                                                    "bytes", "list", "map",    "null_type", "type"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool has_function(std::string_view name, bool method, std::size_t arguments) {
  const auto named = [&](const auto& entry) { return entry.first == name; };
  if (std::find(kOfTexts.begin(), kOfTexts.end(), name) != kOfTexts.end()) {
    return method ? arguments == 1 : name == "matches" && arguments == 2;
  }
  if (method && is_time_part(name)) return arguments <= 1;
  if (method) return name == "size" && arguments == 0;
  return arguments == 1 && std::any_of(kOfOne.begin(), kOfOne.end(), named);
}

Outcome call(std::string_view name, const std::vector<Value>& arguments) {
  const auto& first = arguments.front();
  if (is_time_part(name)) {
    const auto* zone = arguments.size() > 1 ? arguments[1].get<std::string>() : nullptr;
    if (const auto* time = first.get<Timestamp>(); time && (arguments.size() == 1 || zone)) {
      return time_part(name, *time, zone == nullptr ? "UTC" : *zone);
    }
    if (const auto* duration = first.get<Duration>(); duration && arguments.size() == 1)
      return duration_part(name, *duration);
    return no_overload(name, arguments);
  }
  if (arguments.size() == 2) {
    const auto* text = first.get<std::string>();
    const auto* other = arguments[1].get<std::string>();
    if (text == nullptr || other == nullptr) return no_overload(name, arguments);
    return of_texts(name, *text, *other);
  }
  const auto found = std::find_if(kOfOne.begin(), kOfOne.end(), [&](const auto& entry) { return entry.first == name; });
  if (found == kOfOne.end()) return no_overload(name, arguments);
  return found->second(first);
}

Outcome binary(std::string_view op, const Value& a, const Value& b) {
  if (op == "==") return Value(equal(a, b));
  if (op == "!=") return Value(!equal(a, b));
  if (op == "in") return contained(a, b);
  if (op == "<" || op == "<=" || op == ">" || op == ">=") return ordered(op, a, b);
  return arithmetic(op, a, b);
}

Outcome negate(const Value& value) {
  if (const auto* number = value.get<std::int64_t>()) return whole<std::int64_t>("-", 0, *number);
  if (const auto* number = value.get<double>()) return Value(-*number);
  return no_overload("-", {value});
}

Outcome select(const Value& value, const std::string& field) {
  const auto* map = value.map();
  if (map == nullptr) return tl::make_unexpected(fmt::format("a {} has no field {}", value.type_name(), field));
  const auto found = map->find("s" + field);
  if (found == map->end()) return tl::make_unexpected("there is no key " + field);
  return found->second;
}

Outcome index(const Value& value, const Value& key) {
  if (const auto* list = value.list()) {
    auto at = key.is_number() ? to_int(key) : Outcome(tl::make_unexpected("a list's index is a number"));
    if (!at) return at;
    const auto position = *at->get<std::int64_t>();
    if (!equal(*at, key) || position < 0 || static_cast<std::size_t>(position) >= list->size()) {
      return tl::make_unexpected("the index is out of bounds");
    }
    return (*list)[static_cast<std::size_t>(position)];
  }
  const auto* map = value.map();
  if (map == nullptr) return no_overload("[]", {value, key});
  const auto name = map_key(key);
  if (!name) return tl::make_unexpected(name.error());
  const auto found = map->find(*name);
  if (found == map->end()) return tl::make_unexpected("there is no such key");
  return found->second;
}

tl::expected<std::string, std::string> map_key(const Value& value) {
  if (const auto* text = value.get<std::string>()) return "s" + *text;
  if (const auto* flag = value.get<bool>()) return std::string(*flag ? "b1" : "b0");
  if (value.is_number()) {
    const auto number = to_int(value);
    if (number && equal(*number, value)) return "i" + std::to_string(*number->get<std::int64_t>());
  }
  return tl::make_unexpected("a " + value.type_name() + " cannot be a key");
}

Value key_value(const std::string& key) {
  const auto text = key.substr(1);
  if (key[0] == 'b') return Value(text == "1");
  if (key[0] == 's') return Value(text);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return Value(number);
}

}  // namespace vedette::cel
