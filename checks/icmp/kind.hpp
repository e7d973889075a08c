#pragma once

// The kind `icmp`: one echo request and its reply. The target is a host.

#include "checks/kind.hpp"

namespace vedette::icmp {

extern const Kind kKind;

}  // namespace vedette::icmp
