#pragma once

// The kind `websocket`: an upgrade, then a dialogue of whole messages.

#include "checks/kind.hpp"

namespace vedette::websocket {

extern const Kind kKind;

}  // namespace vedette::websocket
