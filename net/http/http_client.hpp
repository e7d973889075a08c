#pragma once

// One HTTP exchange, on a connection of its own or on one that there is already: reaches the server, through a proxy if
// need be, and speaks the version that was agreed on.

#include <boost/asio/awaitable.hpp>

#include "net/http/http_connections.hpp"
#include "net/http/http_exchange.hpp"
#include "net/io/activity.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

/// What had been learnt before a failure is in `out`. Adds the phases connect, tls, processing and transfer
/// as they end, with the number `hop`. With `connections`, one of them is used if it fits, and what can be used again
/// goes there; a server that has closed such a connection meanwhile is reached anew.
boost::asio::awaitable<Problem> perform(Activity& context, const HttpRequest& request, HttpExchange& out, int hop,
                                        HttpConnections* connections = nullptr);

}  // namespace vedette::net
