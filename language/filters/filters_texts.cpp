// Filters on texts and numbers.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "language/filters/filters.hpp"

namespace vedette::language {

namespace {

/// As HTML's forms are written: + is a blank.
std::string form_decoded(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '+', ' ');
  return percent_decoded(out);
}

}  // namespace

Outcome by_regex(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const auto groups = std::get<config::Pattern>(filter.prepared).groups(*text);
  if (groups.size() < 2) return Found();
  return Value(groups[1]);
}

Outcome replace(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const auto& from = *filter.arguments[0].get<std::string>();
  const auto& to = *filter.arguments[1].get<std::string>();
  if (from.empty()) return tl::make_unexpected(std::string("there is nothing to replace"));
  std::string out;
  std::size_t at = 0;
  for (auto found = text->find(from); found != std::string::npos; found = text->find(from, at)) {
    out.append(*text, at, found - at).append(to);
    at = found + from.size();
  }
  return Value(out.append(*text, at));
}

Outcome replace_regex(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(std::get<config::Pattern>(filter.prepared).replaced(*text, *filter.arguments[0].get<std::string>()));
}

Outcome split(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const auto& by = *filter.arguments[0].get<std::string>();
  if (by.empty()) return tl::make_unexpected(std::string("there is nothing to split at"));
  List out;
  std::size_t at = 0;
  for (auto found = text->find(by); found != std::string::npos; found = text->find(by, at)) {
    out.emplace_back(text->substr(at, found - at));
    at = found + by.size();
  }
  out.emplace_back(text->substr(at));
  return Value::list(std::move(out));
}

Outcome to_float(const Value& input, const Filter& /*filter*/) {
  if (input.get<double>()) return input;
  if (const auto* whole = input.get<std::int64_t>()) return Value(static_cast<double>(*whole));
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a number or a string");
  double out = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (error != std::errc() || end != text->data() + text->size()) {
    return tl::make_unexpected(fmt::format("'{}' is not a number", text->substr(0, 50)));
  }
  return Value(out);
}

Outcome to_int(const Value& input, const Filter& /*filter*/) {
  constexpr double kMax = 9.2e18;
  if (input.get<std::int64_t>() || input.get<BigInteger>()) return input;
  if (const auto* real = input.get<double>()) {
    if (!(std::abs(*real) < kMax)) return tl::make_unexpected(std::string("the number is too large"));
    return Value(static_cast<std::int64_t>(*real));
  }
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a number or a string");
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
  if (error != std::errc() || end != text->data() + text->size()) {
    return tl::make_unexpected(fmt::format("'{}' is not a whole number", text->substr(0, 50)));
  }
  return Value(out);
}

Outcome to_string(const Value& input, const Filter& /*filter*/) {
  const auto text = plain_text(input);
  if (!text) return wrong_input(input, "a string, a number, a boolean, a date or null");
  return Value(*text);
}

Outcome url_query_param(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const bool web = text->starts_with("http://") || text->starts_with("https://");
  if (!web)
    return tl::make_unexpected(
        Trouble(FaultKind::kInvalidUrl,
                fmt::format("invalid URL <{}> (missing scheme <http://> or <https://>)", text->substr(0, 100))));
  std::string_view rest = *text;
  rest = rest.substr(0, rest.find('#'));
  const auto question = rest.find('?');
  if (question == std::string_view::npos) return Found();
  rest.remove_prefix(question + 1);
  while (true) {
    const auto pair = rest.substr(0, rest.find('&'));
    const auto equals = pair.find('=');
    if (form_decoded(pair.substr(0, equals)) == *filter.arguments[0].get<std::string>()) {
      return Value(valid_utf8(form_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1))));
    }
    if (pair.size() == rest.size()) return Found();
    rest.remove_prefix(pair.size() + 1);
  }
}

Outcome lower(const Value& input, const Filter& /*filter*/) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(lower_case(*text));
}

Outcome upper(const Value& input, const Filter& /*filter*/) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(upper_case(*text));
}

Outcome trimmed(const Value& input, const Filter& /*filter*/) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(std::string(trim(*text)));
}

}  // namespace vedette::language
