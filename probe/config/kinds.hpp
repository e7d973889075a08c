#pragma once

// All kinds: those of checks/kinds.def, and scenarios.

#include <span>
#include <string_view>

#include "checks/kind.hpp"

namespace vedette {

std::span<const Kind* const> all_kinds();

/// The kind called `name`, or nullptr.
const Kind* find_kind(std::string_view name);

}  // namespace vedette
