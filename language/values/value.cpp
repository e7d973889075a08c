#include "language/values/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/hex.hpp"
#include "language/values/date.hpp"
#include "language/values/json.hpp"

namespace vedette::language {

namespace {

constexpr std::size_t kShown = 120;

/// One line of at most so many bytes, ended between two characters.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.size() >= kShown && (static_cast<unsigned char>(c) & 0xc0U) != 0x80) return out + "...";
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out += c;
    }
  }
  return out;
}

double worth(const Value& number) {
  if (const auto* whole = number.get<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = number.get<double>()) return *real;
  return std::strtod(number.get<BigInteger>()->digits.c_str(), nullptr);
}

int sign(double difference) {
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

/// Whole numbers beyond 64 bits, which doubles cannot tell apart.
int compare_digits(std::string_view a, std::string_view b) {
  const bool a_negative = a.starts_with('-');
  const bool b_negative = b.starts_with('-');
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  if (a_negative) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  const int order = a.size() != b.size() ? (a.size() < b.size() ? -1 : 1) : sign(a.compare(b));
  return a_negative ? -order : order;
}

std::optional<int> compare_numbers(const Value& a, const Value& b) {
  const auto* x = a.get<std::int64_t>();
  const auto* y = b.get<std::int64_t>();
  if (x != nullptr && y != nullptr) return *x < *y ? -1 : *x > *y ? 1 : 0;
  const auto* p = a.get<BigInteger>();
  const auto* q = b.get<BigInteger>();
  if (p != nullptr && q != nullptr) return compare_digits(p->digits, q->digits);
  if (std::isnan(worth(a)) || std::isnan(worth(b))) return std::nullopt;
  return sign(worth(a) - worth(b));
}

bool equal_lists(const List& a, const List& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), &equal);
}

bool equal_objects(const Object& a, const Object& b) {
  std::map<std::string_view, const Value*> others;
  for (const auto& [name, value] : b) others.emplace(name, &value);
  return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& member) {
           const auto other = others.find(member.first);
           return other != others.end() && equal(member.second, *other->second);
         });
}

}  // namespace

const Value* Value::member(std::string_view name) const {
  const auto* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(), [&](const auto& m) { return m.first == name; });
  return found == members->end() ? nullptr : &found->second;
}

std::string_view kind_of(const Value& value) {
  if (value.get<Null>()) return "null";
  if (value.get<bool>()) return "boolean";
  if (value.get<std::int64_t>() || value.get<BigInteger>()) return "integer";
  if (value.get<double>()) return "float";
  if (value.get<std::string>()) return "string";
  if (value.get<Bytes>()) return "bytes";
  if (value.get<Date>()) return "date";
  if (value.list()) return "list";
  if (value.object()) return "object";
  if (value.get<Nodeset>()) return "nodeset";
  if (value.get<Unit>()) return "unit";
  return "response";
}

std::string described(const Value& value) {
  if (value.get<Null>() || value.get<Unit>()) return std::string(kind_of(value));
  std::string text;
  if (const auto plain = plain_text(value)) {
    text = *plain;
  } else if (const auto* bytes = value.get<Bytes>()) {
    text = "hex, " + to_hex(std::string_view(bytes->data).substr(0, kShown / 2)) + ";";
  } else if (const auto* nodes = value.get<Nodeset>()) {
    text = std::to_string(nodes->size);
  } else if (const auto* redirect = value.get<Redirect>()) {
    text = fmt::format("{} {}", redirect->status, redirect->location.value_or(""));
  } else {
    text = to_json(value);
  }
  return fmt::format("{} <{}>", kind_of(value), shown(text));
}

std::string described(const Found& found) {
  return found ? described(*found) : "none";
}

std::optional<std::string> plain_text(const Value& value) {
  if (value.get<Null>()) return "null";
  if (const auto* flag = value.get<bool>()) return *flag ? "true" : "false";
  if (const auto* whole = value.get<std::int64_t>()) return std::to_string(*whole);
  if (const auto* big = value.get<BigInteger>()) return big->digits;
  if (const auto* real = value.get<double>()) {
    auto text = fmt::format("{}", *real);
    if (std::isfinite(*real) && text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  if (const auto* text = value.get<std::string>()) return *text;
  if (const auto* date = value.get<Date>()) return format_date(*date, "%Y-%m-%dT%H:%M:%S.%6fZ");
  return std::nullopt;
}

bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
  if (const auto *x = a.list(), *y = b.list(); x && y) return equal_lists(*x, *y);
  if (const auto *x = a.object(), *y = b.object(); x && y) return equal_objects(*x, *y);
  const auto same = [&]<typename T>(const T*) {
    const auto *x = a.get<T>(), *y = b.get<T>();
    return x != nullptr && y != nullptr && *x == *y;
  };
  return same(static_cast<Null*>(nullptr)) || same(static_cast<bool*>(nullptr)) ||
         same(static_cast<std::string*>(nullptr)) || same(static_cast<Bytes*>(nullptr)) ||
         same(static_cast<Date*>(nullptr)) || same(static_cast<Nodeset*>(nullptr)) ||
         same(static_cast<Unit*>(nullptr)) || same(static_cast<Redirect*>(nullptr));
}

std::optional<int> compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (const auto *x = a.get<std::string>(), *y = b.get<std::string>(); x && y) return sign(x->compare(*y));
  if (const auto *x = a.get<Date>(), *y = b.get<Date>(); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  return std::nullopt;
}

}  // namespace vedette::language
