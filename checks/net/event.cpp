#include "checks/net/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vedette::net {

namespace asio = boost::asio;

Event::Event(const asio::any_io_executor& executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

asio::awaitable<bool> Event::wait() {
  if (!notified_) co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return notified_;
}

void Event::notify() {
  notified_ = true;
  timer_.cancel();
}

}  // namespace vedette::net
