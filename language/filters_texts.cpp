// Filters on texts and numbers.

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cmath>

#include "config/ascii.hpp"
#include "config/secret.hpp"
#include "language/filters.hpp"

namespace vedette::language {

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
  constexpr double kMost = 9.2e18;
  if (input.get<std::int64_t>() || input.get<BigInteger>()) return input;
  if (const auto* real = input.get<double>()) {
    if (!(std::abs(*real) < kMost)) return tl::make_unexpected(std::string("the number is too large"));
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
  const auto url = boost::urls::parse_uri(*text);
  if (!url) return tl::make_unexpected(fmt::format("'{}' is not a URL", text->substr(0, 100)));
  for (const auto& parameter : url->params()) {
    if (parameter.key == *filter.arguments[0].get<std::string>()) return Value(std::string(parameter.value));
  }
  return Found();
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
  return Value(std::string(config::trim(*text)));
}

}  // namespace vedette::language
