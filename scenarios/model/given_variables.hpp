#pragma once

// Variables as they are given from outside of a scenario: NAME=VALUE on the command line and in files, typed as Hurl
// types them.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "language/values/value.hpp"

namespace vedette::scenarios {

/// One of Hurl's functions without arguments: a variable of its name could not be told from it.
bool is_reserved(std::string_view name);

struct GivenVariable {
  std::string name;
  language::Value value;  ///< null, a truth, a number, or a text; what stands in quotes is a text
};

/// `NAME=VALUE`; the error is a sentence without the value.
tl::expected<GivenVariable, std::string> given_variable(std::string_view text);

/// The lines of such a file, trimmed, but comments (#) and blank ones.
std::vector<std::string> given_lines(std::string_view text);

}  // namespace vedette::scenarios
