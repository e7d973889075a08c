#pragma once

#include "checks/kind.hpp"

namespace vedette::tcp {

extern const Kind kKind;

}  // namespace vedette::tcp
