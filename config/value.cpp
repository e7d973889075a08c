#include "config/value.hpp"

#include <fmt/format.h>
#include <yaml-cpp/binary.h>

#include <algorithm>

#include "base/ascii.hpp"

namespace vedette::config {

namespace {

constexpr std::string_view kBinary = "tag:yaml.org,2002:binary";

/// Whether there is nothing but comments and blank lines.
bool has_no_document(std::string_view text) {
  while (!text.empty()) {
    const auto line = trim(text.substr(0, text.find('\n')));
    if (!line.empty() && !line.starts_with('#')) return false;
    const auto end = text.find('\n');
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return true;
}

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
  if (node_.Tag() == kBinary) {
    const auto bytes = YAML::DecodeBase64(node_.Scalar());
    return {bytes.begin(), bytes.end()};
  }
  return node_.Scalar();
}

bool Value::is_broken_binary() const {
  return node_.Tag() == kBinary && !node_.Scalar().empty() && YAML::DecodeBase64(node_.Scalar()).empty();
}

std::string_view Value::what() const {
  if (is_null()) return "nothing";
  if (is_sequence()) return "a list";
  if (is_mapping()) return "a mapping";
  return "a text";
}

std::optional<Value> parse_yaml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics) {
  try {
    const auto documents = YAML::LoadAll(source->text);
    const auto node = documents.empty() ? YAML::Node() : documents.front();
    const auto second = std::find_if(documents.begin() + std::min<std::ptrdiff_t>(1, std::ssize(documents)),
                                     documents.end(), [](const YAML::Node& document) { return !document.IsNull(); });
    if (second != documents.end()) {
      diagnostics.error(place_of(second->Mark(), source),
                        "a second document begins before here: the file may hold only one",
                        "take the line --- away, or put what follows it into a file of its own");
      return std::nullopt;
    }
    if (!node.IsDefined() || has_no_document(source->text)) {
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
