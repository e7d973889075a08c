#pragma once

// The kind `grpc`: asks a server's health service (grpc.health.v1) whether it serves. The target is host[:port].

#include "checks/kind.hpp"

namespace vedette::grpc {

extern const Kind kKind;

}  // namespace vedette::grpc
