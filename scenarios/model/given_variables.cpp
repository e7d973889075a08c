#include "scenarios/model/given_variables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "language/values/json.hpp"

namespace vedette::scenarios {

namespace {

tl::expected<language::Value, std::string> typed(std::string_view text) {
  if (text.starts_with('"')) {
    if (text.size() >= 2 && text.ends_with('"')) return language::Value(std::string(text.substr(1, text.size() - 2)));
    return tl::make_unexpected(std::string("a value that begins with a double quote should end with one"));
  }
  if (text == "null") return language::Value();
  const auto json = language::parse_json(text);
  const bool plain = json && (json->is_number() || json->get<bool>() != nullptr);
  return plain ? *json : language::Value(std::string(text));
}

}  // namespace

bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kFunctions{"getEnv", "newDate", "newUuid"};
  return std::find(kFunctions.begin(), kFunctions.end(), name) != kFunctions.end();
}

tl::expected<GivenVariable, std::string> given_variable(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return tl::make_unexpected(std::string("it should be NAME=VALUE"));
  }
  GivenVariable out{.name = std::string(text.substr(0, equals)), .value = {}};
  if (is_reserved(out.name)) {
    return tl::make_unexpected(
        fmt::format("the variable {0} conflicts with the function {0}, use a different name", out.name));
  }
  auto value = typed(text.substr(equals + 1));
  if (!value) return tl::make_unexpected(fmt::format("{}: {}", out.name, value.error()));
  out.value = std::move(*value);
  return out;
}

std::vector<std::string> given_lines(std::string_view text) {
  std::vector<std::string> out;
  for (const auto written : split(text, '\n')) {
    const auto line = trim(written);
    if (!line.empty() && !line.starts_with('#')) out.emplace_back(line);
  }
  return out;
}

}  // namespace vedette::scenarios
