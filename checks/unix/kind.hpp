#pragma once

// The kind `unix`: the dialogue of `tcp` over a Unix socket. The target is its path.

#include "checks/kind.hpp"

namespace vedette::unix_socket {

extern const Kind kKind;

}  // namespace vedette::unix_socket
