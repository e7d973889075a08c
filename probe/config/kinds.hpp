#pragma once

// The table of kinds. A new kind is a folder under checks/ and a line in kinds.cpp.

#include <span>
#include <string_view>

#include "checks/kind.hpp"

namespace vedette {

std::span<const Kind* const> all_kinds();

/// The kind called `name`, or nullptr.
const Kind* find_kind(std::string_view name);

}  // namespace vedette
