#pragma once

// One run of a WebSocket check.

#include <boost/asio/awaitable.hpp>

#include "checks/kind.hpp"

namespace vedette::websocket {

extern const Family kWebSocketStatusCode;
extern const Family kWebSocketUpgraded;
extern const Family kWebSocketFailedDueToRegex;
extern const Family kWebSocketDuration;

boost::asio::awaitable<void> run(RunContext& context);

}  // namespace vedette::websocket
