#pragma once

// One waiter, one wake-up: the bridge from a C library's callback into a coroutine. Lives on one thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

namespace vedette::net {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& executor);

  /// Returns true once notify() was called (also before the wait), false when the waiting coroutine was cancelled.
  boost::asio::awaitable<bool> wait();

  /// May be called from any callback on the loop's thread; the waiter goes on in a later turn of the loop.
  void notify();

 private:
  boost::asio::steady_timer timer_;
  bool notified_ = false;
};

}  // namespace vedette::net
