#pragma once

// The table of a request's options: their names in `[Options]` and on the command line, and what values they take.

#include <span>
#include <string_view>

#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios {

enum class OptionType : std::uint8_t {
  kBoolean,
  kNatural,
  kCount,     ///< a natural number, or -1: without end
  kDuration,  ///< milliseconds without a unit
  kText,
  kFile,
  kCertificate,  ///< a file, and a password behind a colon
  kVerbosity,
  kVariable,
};

struct OptionInfo {
  std::string_view name;
  Option option;
  OptionType type;
  std::string_view help;
  bool in_files = true;  ///< Hurl's files may have it, not only its command line
};

/// Hurl's, in the order of their names.
std::span<const OptionInfo> hurl_options();
const OptionInfo* find_hurl_option(std::string_view name);

/// Milliseconds of `10`, `10ms`, `2s`, `1m`, `1h`; nothing when it is none of them.
std::optional<std::int64_t> milliseconds_of(std::string_view text);

}  // namespace vedette::scenarios
