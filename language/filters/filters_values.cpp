// Filters on collections, dates and documents.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "language/filters/filters.hpp"
#include "language/values/date.hpp"

namespace vedette::language {

namespace {

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

constexpr std::int64_t kDay = 86'400'000'000'000;

Outcome item(const Value& input, std::int64_t at) {
  const auto* items = input.list();
  if (items == nullptr) return wrong_input(input, "a list");
  const auto size = static_cast<std::int64_t>(items->size());
  const auto index = at < 0 ? size + at : at;
  if (index < 0 || index >= size)
    return tl::make_unexpected(fmt::format("the list has {} items, there is no item {}", size, at));
  return (*items)[static_cast<std::size_t>(index)];
}

}  // namespace

Outcome found_by(const JsonPath& path, const Value& root, const Reading& reading) {
  auto nodes = path.select(root, reading.jsonpath_nodes);
  if (!nodes) return tl::make_unexpected(nodes.error());
  if (nodes->empty() && !reading.node_lists) return Found();
  if (nodes->size() == 1 && !reading.node_lists) return *nodes->front();
  List items;
  for (const auto* node : *nodes) items.push_back(*node);
  return Value::list(std::move(items));
}

std::optional<std::size_t> length_of(const Value& value) {
  if (const auto* text = value.get<std::string>()) return text->size();
  if (const auto* bytes = value.get<Bytes>()) return bytes->data.size();
  if (const auto* items = value.list()) return items->size();
  if (const auto* members = value.object()) return members->size();
  if (const auto* nodes = value.get<Nodeset>()) return nodes->size;
  return std::nullopt;
}

Outcome length(const Value& input, const Filter& /*filter*/) {
  const auto size = length_of(input);
  if (!size) return wrong_input(input, "a string, a list, an object, bytes or nodes");
  return Value(static_cast<std::int64_t>(*size));
}

Outcome count(const Value& input, const Filter& filter) {
  if (input.get<std::string>() != nullptr || input.object() != nullptr)
    return wrong_input(input, "a list, bytes or nodes");
  return length(input, filter);
}

Outcome keys(const Value& input, const Filter& /*filter*/) {
  const auto* members = input.object();
  if (members == nullptr) return wrong_input(input, "an object");
  List out;
  for (const auto& [name, value] : *members) out.emplace_back(name);
  return Value::list(std::move(out));
}

Outcome sorted(const Value& input, const Filter& /*filter*/) {
  const auto* items = input.list();
  if (items == nullptr) return wrong_input(input, "a list");
  for (const auto& item : *items) {
    if (!compare(items->front(), item)) {
      return tl::make_unexpected(fmt::format("{} and {} have no order", described(items->front()), described(item)));
    }
  }
  auto out = *items;
  std::sort(out.begin(), out.end(), [](const Value& a, const Value& b) { return *compare(a, b) < 0; });
  return Value::list(std::move(out));
}

Outcome unique(const Value& input, const Filter& /*filter*/) {
  const auto* items = input.list();
  if (items == nullptr) return wrong_input(input, "a list");
  constexpr std::size_t kMax = 5000;
  if (items->size() > kMax) return tl::make_unexpected(fmt::format("the list has more than {} items", kMax));
  List out;
  for (const auto& item : *items) {
    const auto same = [&](const Value& other) { return equal(item, other); };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back(item);
  }
  return Value::list(std::move(out));
}

Outcome first(const Value& input, const Filter& /*filter*/) {
  const auto* items = input.list();
  if (items != nullptr && items->empty()) return tl::make_unexpected(std::string("the list is empty"));
  return item(input, 0);
}

Outcome last(const Value& input, const Filter& /*filter*/) {
  const auto* items = input.list();
  if (items != nullptr && items->empty()) return tl::make_unexpected(std::string("the list is empty"));
  return item(input, -1);
}

Outcome nth(const Value& input, const Filter& filter) {
  return item(input, *filter.arguments[0].get<std::int64_t>());
}

Outcome location(const Value& input, const Filter& /*filter*/) {
  const auto* redirect = input.get<Redirect>();
  if (redirect == nullptr) return wrong_input(input, "a response");
  return redirect->location ? Found(Value(*redirect->location)) : Found();
}

Outcome date_format(const Value& input, const Filter& filter) {
  const auto* date = input.get<Date>();
  if (date == nullptr) return wrong_input(input, "a date");
  const auto& format = *filter.arguments[0].get<std::string>();
  if (!is_date_format(format)) return tl::make_unexpected(fmt::format("the date format <{}> is not supported", format));
  return Value(format_date(*date, format));
}

Outcome days_after_now(const Value& input, const Filter& /*filter*/) {
  const auto* date = input.get<Date>();
  if (date == nullptr) return wrong_input(input, "a date");
  return Value((date->nanoseconds - now()) / kDay);
}

Outcome days_before_now(const Value& input, const Filter& /*filter*/) {
  const auto* date = input.get<Date>();
  if (date == nullptr) return wrong_input(input, "a date");
  return Value((now() - date->nanoseconds) / kDay);
}

Outcome to_date(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const auto date = parse_date(*text, *filter.arguments[0].get<std::string>());
  if (!date) return tl::make_unexpected(date.error());
  return Value(*date);
}

Outcome by_jsonpath(const Value& input, const Filter& filter) {
  const auto& path = std::get<JsonPath>(filter.prepared);
  const auto* text = input.get<std::string>();
  if (text == nullptr) {
    const bool document = input.list() != nullptr || input.object() != nullptr;
    if (!document || filter.strict_hurl) return wrong_input(input, "a string with JSON");
    return found_by(path, input, filter.reading);
  }
  const auto root = parse_json(*text, filter.reading.json_depth);
  if (!root) {
    const auto& error = root.error();
    return tl::make_unexpected(Trouble(error.limit.empty() ? FaultKind::kFilter : FaultKind::kLimit,
                                       "the text is not JSON: " + error.message, error.limit));
  }
  return found_by(path, *root, filter.reading);
}

Outcome by_xpath(const Value& input, const Filter& filter) {
  const auto* text = input.get<std::string>();
  if (text == nullptr) return wrong_input(input, "a string");
  const auto document = read_markup(*text, Markup::kHtml, filter.reading);
  auto found = document ? std::get<XPath>(filter.prepared).evaluate(*document, filter.reading)
                        : tl::make_unexpected(document.error());
  if (found) return std::move(*found);
  auto trouble = std::move(found.error());
  if (trouble.kind != FaultKind::kLimit) trouble.kind = FaultKind::kFilter;
  return tl::make_unexpected(std::move(trouble));
}

}  // namespace vedette::language
