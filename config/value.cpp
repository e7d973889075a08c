#include "config/value.hpp"

#include <fmt/format.h>
#include <yaml-cpp/binary.h>

namespace vedette::config {

namespace {

Place place_of(const YAML::Mark& mark, const std::shared_ptr<const Source>& source) {
  if (mark.is_null()) return {source, 0, 0};
  return {source, mark.line + 1, mark.column + 1};
}

/// What usually lies behind the YAML reader's terse messages.
std::string hint_for(const std::string& message) {
  if (message.find("illegal map value") != std::string::npos) return "a text that holds ': ' must stand in quotes";
  if (message.find("end of map") != std::string::npos || message.find("end of sequence") != std::string::npos) {
    return "look at the indentation of this line and the one above";
  }
  if (message.find("illegal block entry") != std::string::npos) {
    return "this list item cannot stand here; YAML does not allow tabs for indentation";
  }
  if (message.find("unknown token") != std::string::npos || message.find("cannot start") != std::string::npos) {
    return "YAML does not allow tabs for indentation, nor a plain text that begins with %, @ or `: use blanks and "
           "quotes";
  }
  return {};
}

}  // namespace

Place Value::place() const {
  return place_of(node_.Mark(), source_);
}

std::string Value::scalar() const {
  if (node_.Tag() == "tag:yaml.org,2002:binary") {
    const auto bytes = YAML::DecodeBase64(node_.Scalar());
    return {bytes.begin(), bytes.end()};
  }
  return node_.Scalar();
}

std::string_view Value::what() const {
  if (is_null()) return "nothing";
  if (is_sequence()) return "a list";
  if (is_mapping()) return "a mapping";
  return "a text";
}

std::optional<Value> parse_yaml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  try {
    const auto node = YAML::Load(source->text);
    if (!node.IsDefined() || node.IsNull()) {
      diagnostics.error({source, 0, 0}, "the file is empty", "a configuration holds at least `modules:` or `checks:`");
      return std::nullopt;
    }
    return Value(node, source);
  } catch (const YAML::Exception& error) {
    diagnostics.error(place_of(error.mark, source), fmt::format("not valid YAML: {}", error.msg), hint_for(error.msg));
    return std::nullopt;
  }
}

}  // namespace vedette::config
