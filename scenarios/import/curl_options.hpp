#pragma once

// Options of curl by their names, from the table in its manual (version 8), as far as a scenario need not do anything.

#include <string_view>

namespace vedette::scenarios {

/// The long name of `-letter`; empty when there is none that is known here.
std::string_view curl_option_of(char letter);

/// Whether `--name` says only how curl prints, or changes nothing for a single request.
bool is_ignored(std::string_view name);
/// The same of an option that takes a value.
bool is_ignored_with_value(std::string_view name);

}  // namespace vedette::scenarios
