#include "language/filters/filters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vedette::language {

namespace {

using enum Parameter;

const std::vector<FilterInfo>& table() {
  static const std::vector<FilterInfo> kTable{
      {"base64Decode", {}, &base64_decode},
      {"base64Encode", {}, &base64_encode},
      {"base64UrlSafeDecode", {}, &base64_url_safe_decode},
      {"base64UrlSafeEncode", {}, &base64_url_safe_encode},
      {"charsetDecode", {kText}, &charset_decode},
      {"count", {}, &count},
      {"dateFormat", {kText}, &date_format},
      {"daysAfterNow", {}, &days_after_now},
      {"daysBeforeNow", {}, &days_before_now},
      {"decode", {kText}, &charset_decode},  // deprecated: charsetDecode
      {"first", {}, &first},
      {"format", {kText}, &date_format},  // deprecated: dateFormat
      {"hmac", {kText, kText}, &hmac, true},
      {"htmlEscape", {}, &html_escape},
      {"htmlUnescape", {}, &html_unescape},
      {"jsonpath", {kJsonPath}, &by_jsonpath},
      {"keys", {}, &keys, true},
      {"last", {}, &last},
      {"len", {}, &length, true},
      {"location", {}, &location},
      {"lower", {}, &lower, true},
      {"nth", {kInteger}, &nth},
      {"regex", {kPattern}, &by_regex},
      {"replace", {kText, kText}, &replace},
      {"replaceRegex", {kPattern, kText}, &replace_regex},
      {"sha256", {}, &sha256, true},
      {"sort", {}, &sorted, true},
      {"split", {kText}, &split},
      {"toDate", {kText}, &to_date},
      {"toFloat", {}, &to_float},
      {"toHex", {}, &to_hex_text},
      {"toInt", {}, &to_int},
      {"toString", {}, &to_string},
      {"trim", {}, &trimmed, true},
      {"unique", {}, &unique, true},
      {"upper", {}, &upper, true},
      {"urlDecode", {}, &url_decode},
      {"urlEncode", {}, &url_encode},
      {"urlQueryParam", {kText}, &url_query_param},
      {"utf8Decode", {}, &utf8_decode},
      {"utf8Encode", {}, &utf8_encode},
      {"xpath", {kXPath}, &by_xpath},
  };
  return kTable;
}

}  // namespace

std::span<const FilterInfo> all_filters() {
  return table();
}

const FilterInfo* find_filter(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const auto& info) { return info.name == name; });
  return found == table().end() ? nullptr : &*found;
}

tl::expected<config::Pattern, std::string> compile_strictly(const std::string& text) {
  bool in_class = false;
  bool repeats = false;  // whether what stands before can be repeated
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
      // \p{…}, \x{…}, \u{…}
      const bool braced = i + 1 < text.size() && text[i + 1] == '{' &&
                          std::string_view("pPxuU").find(text[i]) != std::string_view::npos;
      if (braced) i = std::min(text.find('}', i), text.size());
      repeats = true;
    } else if (in_class) {
      in_class = c != ']';
      repeats = true;
    } else if (c == '[') {
      in_class = true;
      // A ] that comes first is one of the class.
      if (i + 1 < text.size() && text[i + 1] == '^') ++i;
      if (i + 1 < text.size() && text[i + 1] == ']') ++i;
    } else if (c == '{') {
      const auto end = text.find('}', i);
      const auto inside = end == std::string::npos ? std::string() : text.substr(i + 1, end - i - 1);
      const bool counted =
          !inside.empty() && inside.front() != ',' && inside.find_first_not_of("0123456789,") == std::string::npos;
      if (!repeats || !counted) return tl::make_unexpected(std::string("a { that repeats nothing is written \\{"));
      i = end;
    } else {
      repeats = c != '(' && c != '|';
    }
  }
  return config::Pattern::compile(text);
}

tl::expected<Prepared, std::string> compile(Parameter parameter, const std::string& text, bool strict_hurl) {
  if (parameter == Parameter::kJsonPath) {
    auto path = JsonPath::parse(text, strict_hurl);
    if (path) return Prepared(std::move(*path));
    return tl::make_unexpected(
        fmt::format("the JSONPath expression '{}' is not valid: {}", text, path.error().message));
  }
  if (parameter == Parameter::kXPath) {
    auto path = XPath::compile(text);
    if (path) return Prepared(std::move(*path));
    return tl::make_unexpected(path.error());
  }
  auto pattern = strict_hurl ? compile_strictly(text) : config::Pattern::compile(text);
  if (pattern) return Prepared(std::move(*pattern));
  return tl::make_unexpected("the regular expression is not valid: " + pattern.error());
}

tl::unexpected<std::string> wrong_input(const Value& input, std::string_view wanted) {
  return tl::make_unexpected(fmt::format("it takes {}, not {}", wanted, described(input)));
}

}  // namespace vedette::language
