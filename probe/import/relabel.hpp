#pragma once

// Prometheus' relabelling of targets: rules that are run one after the other over a set of labels. As
// model/relabel of Prometheus 3 has them, all eleven actions.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "config/pattern.hpp"
#include "config/value.hpp"

namespace vedette {

using LabelMap = std::map<std::string, std::string>;

/// The value of a label, or `otherwise` when the set has no such label.
std::string value_of(const LabelMap& labels, const std::string& name, const std::string& otherwise = {});

struct RelabelRule {
  enum class Action : std::uint8_t {
    kReplace,
    kKeep,
    kDrop,
    kKeepEqual,
    kDropEqual,
    kHashMod,
    kLabelMap,
    kLabelDrop,
    kLabelKeep,
    kLowercase,
    kUppercase
  };

  RelabelRule(Action what, config::Pattern of) : action(what), regex(std::move(of)) {}

  Action action;
  std::vector<std::string> source_labels;
  std::string separator = ";";
  config::Pattern regex;  ///< of the whole text, or of a label's whole name
  std::uint64_t modulus = 0;
  std::string target_label;
  std::string replacement = "$1";
};

/// Reads one rule; the error says why Prometheus would refuse it.
tl::expected<RelabelRule, std::string> read_relabel_rule(const YAML::Node& rule);

/// Runs the rules in their order. False when the target is dropped. Values have at most 64 KiB; only ASCII has cases.
bool relabel(const std::vector<RelabelRule>& rules, LabelMap& labels);

}  // namespace vedette
