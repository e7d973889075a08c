#pragma once

// HTTP/2 over a stream that has agreed on `h2`: nghttp2 speaks it (RFC 9113), for one exchange.

#include <boost/asio/awaitable.hpp>

#include "checks/kind.hpp"
#include "checks/net/http_exchange.hpp"
#include "checks/net/stream.hpp"

namespace vedette::net {

/// Sends the request and reads the final response. Adds the phases processing and transfer to the run.
boost::asio::awaitable<Problem> exchange_http2(RunContext& context, Stream& stream, const HttpRequest& request,
                                               HttpExchange& out, int hop);

}  // namespace vedette::net
