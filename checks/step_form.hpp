#pragma once

// How a step of a scenario asks for a check of a kind: its keys are short, and the target is among them.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/reason.hpp"

namespace YAML {
class Node;
}

namespace vedette {

namespace config {
class Mapping;
}
namespace language {
struct Subject;
}
struct Result;

struct StepForm {
  enum class Port : std::uint8_t { kNone, kOptional, kNeeded };

  /// The key that holds the target, or its host when there is a key `port`.
  std::string_view target = "target";
  Port port = Port::kNone;
  /// Keys of the step that the section knows by another name; "a.b" is in a mapping of the section.
  std::vector<std::pair<std::string_view, std::string_view>> keys{};
  /// Keys that need more thought: takes them from `step` and changes the target or the section.
  void (*adapt)(config::Mapping& step, std::string& target, YAML::Node& section) = nullptr;
  /// Makes the check wait for what the target says first, for lines that look at it; nullptr when it does so anyway.
  void (*listen)(YAML::Node& section) = nullptr;
  /// A run that ends so is an answer when the step has lines, or a poll, that judge it.
  Reason judged_by_lines = Reason::kNone;
  /// Says what several runs came to, of which some may fail. A kind that has it gives its steps the keys `count` and
  /// `interval`.
  void (*sum_up)(std::span<const Result> runs, language::Subject& answer) = nullptr;
};

}  // namespace vedette
