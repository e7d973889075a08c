#pragma once

// How the command line asks for a check of a kind: `vedette KIND TARGET [options]`. What is given becomes settings of
// the kind's section, as a file would hold them.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace YAML {
class Node;
}

namespace vedette {

struct CommandOption {
  enum class Takes : std::uint8_t {
    kText,
    kNumber,
    kNothing,  ///< sets the key to `value`
    kTexts,    ///< one at a time, each added to the list at the key
    kList,     ///< several with commas between them, each added to the list at the key
  };

  std::string_view flags;  ///< "-X,--method"
  std::string key;         ///< of the section; "a.b" is in a mapping of it
  std::string_view help;
  Takes takes = Takes::kText;
  std::string_view value{};  ///< in YAML
  /// Puts all values into the section where one key does not do; given as texts.
  void (*apply)(const std::vector<std::string>& given, YAML::Node& section) = nullptr;
  /// What is wrong with a value; empty when nothing is.
  std::string (*problem)(const std::string& given) = nullptr;
};

struct Command {
  std::string_view help;
  std::string_view operand;  ///< "HOST:PORT"
  std::string_view operand_help;
  std::vector<CommandOption> options{};
  /// Of a kind that connects to hosts: addresses and resolvers can be chosen.
  bool connects = true;
  /// The evidence of a run that passed is what people want to see.
  bool verbose = false;
  std::size_t max_words = 1;
  /// The target in several words, some of which may be settings; nullptr when the one word is the target.
  std::string (*target_of)(const std::vector<std::string>& words, YAML::Node& section) = nullptr;
};

using CommandOptions = std::vector<CommandOption>;

/// Options one after the other.
CommandOptions joined(std::initializer_list<CommandOptions> parts);

/// The options of the mapping `tls_config`, wherever it stands in the section.
CommandOptions tls_options(const std::string& mapping = "tls_config");
/// `Name: value`, both trimmed.
std::pair<std::string, std::string> split_header(const std::string& text);
/// What is wrong with such a text; empty when nothing is.
std::string header_problem(const std::string& text);
/// The node at "a.b" of a section, which is there when something is assigned to it.
YAML::Node node_at(const YAML::Node& section, std::string_view key);
/// A text that YAML does not take for anything else.
YAML::Node yaml_text(const std::string& text);

/// The options of `certificate_days_left`.
CommandOptions days_left_options();

}  // namespace vedette
