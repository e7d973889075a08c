#pragma once

// The kinds of check that checks/kinds.def lists. A scenario, which is made of checks, is a kind beyond them.

#include <span>

#include "checks/kind.hpp"

namespace vedette {

std::span<const Kind* const> check_kinds();

}  // namespace vedette
