#pragma once

#include "checks/kind.hpp"

namespace vedette::http {

extern const Kind kKind;

}  // namespace vedette::http
