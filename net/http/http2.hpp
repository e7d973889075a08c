#pragma once

// HTTP/2 over a stream that has agreed on `h2`: nghttp2 speaks it (RFC 9113), one exchange at a time.

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "net/http/http_exchange.hpp"
#include "net/io/activity.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// What both sides of a connection have agreed on; lives as long as its stream.
class Http2Session {
 public:
  Http2Session();
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  /// Sends the request and reads the final response. Adds the phases processing and transfer.
  boost::asio::awaitable<Problem> exchange(Activity& context, Stream& stream, const HttpRequest& request,
                                           HttpExchange& out, int hop);

 private:
  class Frames;
  std::unique_ptr<Frames> frames_;
};

}  // namespace vedette::net
