#pragma once

// The work on a body between two reads.

#include <boost/asio/awaitable.hpp>

#include "net/http/http_exchange.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// Has the request's taker of the body, which wants slices, work on what it was given until nothing is left to do, with
/// turns of the loop in between.
boost::asio::awaitable<Problem> finish_slices(Stream& stream, const HttpRequest& request, HttpExchange& out);

}  // namespace vedette::net
