#pragma once

// A YAML node that knows where it was written.

#include <yaml-cpp/yaml.h>

#include <memory>
#include <optional>
#include <string>

#include "config/diagnostic.hpp"

namespace vedette::config {

class Value {
 public:
  Value(const YAML::Node& node, std::shared_ptr<const Source> source) : node_(node), source_(std::move(source)) {}

  [[nodiscard]] const YAML::Node& node() const { return node_; }
  [[nodiscard]] const std::shared_ptr<const Source>& source() const { return source_; }
  [[nodiscard]] Place place() const;

  [[nodiscard]] bool is_null() const { return !node_.IsDefined() || node_.IsNull(); }
  [[nodiscard]] bool is_scalar() const { return node_.IsScalar(); }
  [[nodiscard]] bool is_sequence() const { return node_.IsSequence(); }
  [[nodiscard]] bool is_mapping() const { return node_.IsMap(); }
  /// Written in quotes (or as a block), so that it is a text whatever it looks like.
  [[nodiscard]] bool is_quoted() const { return node_.Tag() == "!"; }

  /// A scalar's text; `!!binary` is decoded from base64.
  [[nodiscard]] std::string scalar() const;

  /// Tagged `!!binary` without being base64.
  [[nodiscard]] bool is_broken_binary() const;

  /// "a list", "a mapping", "a text", "nothing": for messages.
  [[nodiscard]] std::string_view what() const;

 private:
  YAML::Node node_;
  std::shared_ptr<const Source> source_;
};

/// Parses the first document of `source`; syntax errors go to `diagnostics`. A file without any document is an error;
/// one that is null is as good as an empty mapping.
std::optional<Value> parse_yaml(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace vedette::config
