#pragma once

// Rows that a loop goes over, from files: CSV (RFC 4180) with a line of names, and JSON.

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "language/values/value.hpp"

namespace vedette::scenarios::yaml {

/// By the name's extension: .csv gives objects of texts, .json the items of its list.
tl::expected<std::vector<language::Value>, std::string> rows_of(const std::string& name, const std::string& text);

}  // namespace vedette::scenarios::yaml
