#pragma once

// The way through a proxy: CONNECT (RFC 9110 section 9.3.6) or SOCKS 5 (RFC 1928, 1929).

#include <boost/asio/awaitable.hpp>

#include "net/http/http_exchange.hpp"
#include "net/io/activity.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// The value of Proxy-Authorization or Authorization for a name and a password.
std::string basic_authorization(const std::string& user, const std::string& password);

/// Has the proxy at the other end of `stream` connect to the request's target, where it must: plain HTTP through an
/// HTTP proxy needs no tunnel. Adds to `taken` how long the proxy took.
boost::asio::awaitable<Problem> open_tunnel(Activity& context, Stream& stream, const HttpRequest& request,
                                            Duration& taken);

}  // namespace vedette::net
