#include "net/io/turn.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/io/services.hpp"

namespace vedette::net {

boost::asio::awaitable<bool> let_others(Activity& context) {
  co_await boost::asio::post(context.services.executor, boost::asio::use_awaitable);
  context.slice.restart();
  co_return !context.stopped;
}

}  // namespace vedette::net
