#pragma once

#include "checks/kind.hpp"

namespace vedette::tls {

extern const Kind kKind;

}  // namespace vedette::tls
