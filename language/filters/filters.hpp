#pragma once

// The filters: each makes a value of a value. The table of them; what they do stands in the files by what they are
// about.

#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/lines/syntax.hpp"
#include "language/values/fault.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

/// What a filter gives.
using Outcome = tl::expected<Found, Trouble>;

enum class Parameter : std::uint8_t { kText, kInteger, kPattern, kJsonPath, kXPath };

struct FilterInfo {
  std::string_view name;
  std::vector<Parameter> parameters;
  /// `filter` has its arguments, those that are compiled in `prepared`.
  Outcome (*apply)(const Value& input, const Filter& filter);
  bool beyond = false;  ///< not Hurl's
};

/// All of them, in the order of their names.
std::span<const FilterInfo> all_filters();
const FilterInfo* find_filter(std::string_view name);

/// A path or a pattern, ready to be used; `strict_hurl`: patterns are those of Hurl's engine. The error is a sentence.
tl::expected<Prepared, std::string> compile(Parameter parameter, const std::string& text, bool strict_hurl);

/// The same for a pattern, by the rules of Hurl's engine where RE2 is more lenient: a { that repeats nothing is an
/// error.
tl::expected<config::Pattern, std::string> compile_strictly(const std::string& text);

/// That a filter cannot work on such a value.
tl::unexpected<std::string> wrong_input(const Value& input, std::string_view wanted);

/// What a path finds: nothing, the one node's value, or a list of several; with `node_lists` always a list.
Outcome found_by(const JsonPath& path, const Value& root, const Reading& reading);

/// How many bytes, items, members or nodes a value has; nothing for those that have no length.
std::optional<std::size_t> length_of(const Value& value);

// Of codecs, collections, dates, documents and texts: language/filters/filters_….cpp.
Outcome base64_decode(const Value& input, const Filter& filter);
Outcome base64_encode(const Value& input, const Filter& filter);
Outcome base64_url_safe_decode(const Value& input, const Filter& filter);
Outcome base64_url_safe_encode(const Value& input, const Filter& filter);
Outcome charset_decode(const Value& input, const Filter& filter);
Outcome html_escape(const Value& input, const Filter& filter);
Outcome html_unescape(const Value& input, const Filter& filter);
Outcome to_hex_text(const Value& input, const Filter& filter);
Outcome url_decode(const Value& input, const Filter& filter);
Outcome url_encode(const Value& input, const Filter& filter);
Outcome utf8_decode(const Value& input, const Filter& filter);
Outcome utf8_encode(const Value& input, const Filter& filter);
Outcome count(const Value& input, const Filter& filter);
Outcome first(const Value& input, const Filter& filter);
Outcome last(const Value& input, const Filter& filter);
Outcome nth(const Value& input, const Filter& filter);
Outcome location(const Value& input, const Filter& filter);
Outcome date_format(const Value& input, const Filter& filter);
Outcome days_after_now(const Value& input, const Filter& filter);
Outcome days_before_now(const Value& input, const Filter& filter);
Outcome to_date(const Value& input, const Filter& filter);
Outcome by_jsonpath(const Value& input, const Filter& filter);
Outcome by_xpath(const Value& input, const Filter& filter);
Outcome by_regex(const Value& input, const Filter& filter);
Outcome replace(const Value& input, const Filter& filter);
Outcome replace_regex(const Value& input, const Filter& filter);
Outcome split(const Value& input, const Filter& filter);
Outcome to_float(const Value& input, const Filter& filter);
Outcome to_int(const Value& input, const Filter& filter);
Outcome to_string(const Value& input, const Filter& filter);
Outcome url_query_param(const Value& input, const Filter& filter);
Outcome lower(const Value& input, const Filter& filter);
Outcome upper(const Value& input, const Filter& filter);
Outcome trimmed(const Value& input, const Filter& filter);
Outcome length(const Value& input, const Filter& filter);
Outcome keys(const Value& input, const Filter& filter);
Outcome sorted(const Value& input, const Filter& filter);
Outcome unique(const Value& input, const Filter& filter);
Outcome sha256(const Value& input, const Filter& filter);
Outcome hmac(const Value& input, const Filter& filter);

}  // namespace vedette::language
