#pragma once

// One waiter, one wake-up: the bridge from a C library's callback, or the loop itself, into a coroutine. Lives on one
// thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace vedette::net {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& executor);
  /// Nobody may be waiting.
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// Returns true once notify() was called (also before the wait), false when the waiting coroutine was cancelled.
  boost::asio::awaitable<bool> wait();

  /// May be called from any callback on the loop's thread; the waiter goes on in a later turn of the loop.
  void notify();

  [[nodiscard]] bool notified() const { return notified_; }
  /// Forgets an earlier notify(), so that the event can be waited for again.
  void reset() { notified_ = false; }

 private:
  class Waiter;
  template <typename Handler>
  class WaiterOf;

  void wake();

  boost::asio::any_io_executor executor_;
  bool notified_ = false;
  std::unique_ptr<Waiter> waiter_;
};

}  // namespace vedette::net
