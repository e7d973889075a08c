#pragma once

#include "checks/kind.hpp"

namespace vedette::dns {

extern const Kind kKind;

}  // namespace vedette::dns
