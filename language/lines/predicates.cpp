#include "language/lines/predicates.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "language/filters/filters.hpp"
#include "language/values/date.hpp"

namespace vedette::language {

namespace {

/// Nothing: the predicate cannot judge such a value.
using Answer = std::optional<bool>;

Answer ordered(PredicateKind kind, const Value& a, const Value& b) {
  const auto order = compare(a, b);
  if (!order) return std::nullopt;
  switch (kind) {
    case PredicateKind::kGreater:
      return *order > 0;
    case PredicateKind::kGreaterOrEqual:
      return *order >= 0;
    case PredicateKind::kLess:
      return *order < 0;
    default:
      return *order <= 0;
  }
}

bool holds_part(PredicateKind kind, const std::string& whole, const std::string& part) {
  if (kind == PredicateKind::kStartsWith) return whole.starts_with(part);
  if (kind == PredicateKind::kEndsWith) return whole.ends_with(part);
  return whole.find(part) != std::string::npos;
}

Answer parts(PredicateKind kind, const Value& a, const Value& b) {
  if (const auto *x = a.get<std::string>(), *y = b.get<std::string>(); x && y) return holds_part(kind, *x, *y);
  if (const auto *x = a.get<Bytes>(), *y = b.get<Bytes>(); x && y) return holds_part(kind, x->data, y->data);
  return std::nullopt;
}

bool holds_item(const List& items, const Value& value) {
  return std::any_of(items.begin(), items.end(), [&](const Value& item) { return equal(item, value); });
}

/// Whether `whole` has all that `part` has: of objects the members of `part`, of lists an item for each of its own.
bool holds_json(const Value& whole, const Value& part) {
  if (const auto* members = part.object()) {
    return whole.object() != nullptr && std::all_of(members->begin(), members->end(), [&](const auto& member) {
             const auto* found = whole.member(member.first);
             return found != nullptr && holds_json(*found, member.second);
           });
  }
  const auto *wanted = part.list(), *items = whole.list();
  if (wanted == nullptr) return equal(whole, part);
  return items != nullptr && std::all_of(wanted->begin(), wanted->end(), [&](const Value& item) {
           return std::any_of(items->begin(), items->end(),
                              [&](const Value& other) { return holds_json(other, item); });
         });
}

bool is_uuid(const std::string& text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           return form == 'x' ? hex : c == form;
         });
}

bool is_address(const std::string& text, int family) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(family, text.c_str(), address.data()) == 1;
}

Answer of_text(PredicateKind kind, const Value& value) {
  const auto* text = value.get<std::string>();
  if (text == nullptr) return std::nullopt;
  switch (kind) {
    case PredicateKind::kIsIsoDate:
      return parse_date(*text, "%Y-%m-%dT%H:%M:%S%.f%:z").has_value();
    case PredicateKind::kIsIpv4:
      return is_address(*text, AF_INET);
    case PredicateKind::kIsIpv6:
      return is_address(*text, AF_INET6);
    default:
      return is_uuid(*text);
  }
}

Answer of_kind(PredicateKind kind, const Value& value) {
  const bool list = value.list() != nullptr || value.get<Bytes>() != nullptr;
  const bool object = value.object() != nullptr || value.get<Nodeset>() != nullptr;
  const bool whole = value.get<std::int64_t>() != nullptr || value.get<BigInteger>() != nullptr;
  switch (kind) {
    case PredicateKind::kIsBoolean:
      return value.get<bool>() != nullptr;
    case PredicateKind::kIsInteger:
      return whole;
    case PredicateKind::kIsFloat:
      return value.get<double>() != nullptr;
    case PredicateKind::kIsNumber:
      return value.is_number();
    case PredicateKind::kIsString:
      return value.get<std::string>() != nullptr;
    case PredicateKind::kIsList:
      return list;
    case PredicateKind::kIsObject:
      return object;
    case PredicateKind::kIsCollection:
      return list || object;
    case PredicateKind::kIsDate:
      return value.get<Date>() != nullptr;
    default:
      return of_text(kind, value);
  }
}

Answer of_collection(const Predicate& predicate, const Value& value) {
  const auto* items = value.list();
  if (predicate.kind == PredicateKind::kContains && items == nullptr) {
    return parts(predicate.kind, value, predicate.operands[0]);
  }
  if (predicate.kind == PredicateKind::kIn) return holds_item(predicate.operands, value);
  if (items == nullptr) return std::nullopt;
  return holds_item(*items, predicate.operands[0]);
}

Answer answer(const Predicate& predicate, const Value& value) {
  const auto& operands = predicate.operands;
  switch (predicate.kind) {
    case PredicateKind::kEqual:
      return equal(value, operands[0]);
    case PredicateKind::kNotEqual:
      return !equal(value, operands[0]);
    case PredicateKind::kGreater:
    case PredicateKind::kGreaterOrEqual:
    case PredicateKind::kLess:
    case PredicateKind::kLessOrEqual:
      return ordered(predicate.kind, value, operands[0]);
    case PredicateKind::kBetween: {
      const auto above = ordered(PredicateKind::kGreaterOrEqual, value, operands[0]);
      const auto below = ordered(PredicateKind::kLessOrEqual, value, operands[1]);
      return above && below ? Answer(*above && *below) : std::nullopt;
    }
    case PredicateKind::kStartsWith:
    case PredicateKind::kEndsWith:
      return parts(predicate.kind, value, operands[0]);
    case PredicateKind::kContains:
    case PredicateKind::kIncludes:
    case PredicateKind::kIn:
      return of_collection(predicate, value);
    case PredicateKind::kMatches: {
      const auto* text = value.get<std::string>();
      return text == nullptr ? std::nullopt : Answer(predicate.pattern->found_in(*text));
    }
    case PredicateKind::kMatchesJson: {
      const auto* text = value.get<std::string>();
      const auto parsed = text == nullptr ? tl::expected<Value, TextError>(value) : parse_json(*text);
      return parsed ? Answer(holds_json(*parsed, operands[0])) : std::nullopt;
    }
    case PredicateKind::kExists: {
      const auto* nodes = value.get<Nodeset>();
      return nodes == nullptr || nodes->size > 0;
    }
    case PredicateKind::kIsEmpty: {
      const auto size = length_of(value);
      return size ? Answer(*size == 0) : std::nullopt;
    }
    default:
      return of_kind(predicate.kind, value);
  }
}

constexpr std::array kWords{
    std::pair(PredicateKind::kEqual, std::string_view("")),
    std::pair(PredicateKind::kNotEqual, std::string_view("not ")),
    std::pair(PredicateKind::kGreater, std::string_view("greater than ")),
    std::pair(PredicateKind::kGreaterOrEqual, std::string_view("greater than or equal to ")),
    std::pair(PredicateKind::kLess, std::string_view("less than ")),
    std::pair(PredicateKind::kLessOrEqual, std::string_view("less than or equal to ")),
    std::pair(PredicateKind::kStartsWith, std::string_view("starts with ")),
    std::pair(PredicateKind::kEndsWith, std::string_view("ends with ")),
    std::pair(PredicateKind::kContains, std::string_view("contains ")),
    std::pair(PredicateKind::kIncludes, std::string_view("includes ")),
    std::pair(PredicateKind::kMatches, std::string_view("matches ")),
    std::pair(PredicateKind::kExists, std::string_view("something")),
    std::pair(PredicateKind::kIsEmpty, std::string_view("empty")),
    std::pair(PredicateKind::kIsBoolean, std::string_view("boolean")),
    std::pair(PredicateKind::kIsInteger, std::string_view("integer")),
    std::pair(PredicateKind::kIsFloat, std::string_view("float")),
    std::pair(PredicateKind::kIsNumber, std::string_view("number")),
    std::pair(PredicateKind::kIsString, std::string_view("string")),
    std::pair(PredicateKind::kIsCollection, std::string_view("collection")),
    std::pair(PredicateKind::kIsList, std::string_view("list")),
    std::pair(PredicateKind::kIsObject, std::string_view("object")),
    std::pair(PredicateKind::kIsDate, std::string_view("date")),
    std::pair(PredicateKind::kIsIsoDate, std::string_view("a date of RFC 3339")),
    std::pair(PredicateKind::kIsIpv4, std::string_view("an IPv4 address")),
    std::pair(PredicateKind::kIsIpv6, std::string_view("an IPv6 address")),
    std::pair(PredicateKind::kIsUuid, std::string_view("a UUID")),
    std::pair(PredicateKind::kIn, std::string_view("one of ")),
    std::pair(PredicateKind::kBetween, std::string_view("between ")),
    std::pair(PredicateKind::kMatchesJson, std::string_view("JSON that holds ")),
};

std::string_view words_of(PredicateKind kind) {
  const auto* found = std::find_if(kWords.begin(), kWords.end(), [&](const auto& row) { return row.first == kind; });
  return found == kWords.end() ? std::string_view() : found->second;
}

std::string expected_of(const Predicate& predicate) {
  std::vector<std::string> operands;
  for (const auto& operand : predicate.operands) operands.push_back(described(operand));
  if (predicate.pattern) operands.push_back("/" + predicate.pattern->text() + "/");
  return fmt::format("{}{}{}", predicate.negated ? "not " : "", words_of(predicate.kind),
                     fmt::join(operands, predicate.kind == PredicateKind::kBetween ? " and " : ", "));
}

}  // namespace

std::optional<Unmet> judge(const Predicate& predicate, const Found& actual) {
  const auto answered = actual ? answer(predicate, *actual) : Answer(false);
  if (answered && *answered != predicate.negated) return std::nullopt;
  return Unmet{described(actual), expected_of(predicate), !answered};
}

}  // namespace vedette::language
