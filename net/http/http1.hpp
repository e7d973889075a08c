#pragma once

// HTTP/1.1 (and 1.0 answers) over a stream: RFC 9112.

#include <boost/asio/awaitable.hpp>

#include "net/http/http_exchange.hpp"
#include "net/io/activity.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// Sends the request and reads the final response. Adds the phases processing and transfer.
boost::asio::awaitable<Problem> exchange_http1(Activity& context, Stream& stream, const HttpRequest& request,
                                               HttpExchange& out, int hop);

}  // namespace vedette::net
