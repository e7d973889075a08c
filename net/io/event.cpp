#include "net/io/event.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace vedette::net {

namespace asio = boost::asio;

class Event::Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;
  /// Has the coroutine go on in a later turn of the loop.
  virtual void resume(const asio::any_io_executor& executor, bool notified) = 0;
};

template <typename Handler>
class Event::WaiterOf final : public Waiter {
 public:
  WaiterOf(Event& event, Handler handler) : handler_(std::move(handler)) {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.assign([&event](asio::cancellation_type) { event.wake(); });
  }

  void resume(const asio::any_io_executor& executor, bool notified) override {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (slot.is_connected()) slot.clear();
    asio::post(executor, [handler = std::move(handler_), notified]() mutable { std::move(handler)(notified); });
  }

 private:
  Handler handler_;
};

Event::Event(const asio::any_io_executor& executor) : executor_(executor) {}

Event::~Event() = default;

asio::awaitable<bool> Event::wait() {
  if (notified_) co_return true;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
      [this](auto handler) { waiter_ = std::make_unique<WaiterOf<decltype(handler)>>(*this, std::move(handler)); },
      asio::use_awaitable);
}

void Event::notify() {
  notified_ = true;
  wake();
}

void Event::wake() {
  if (!waiter_) return;
  // Clearing the slot destroys the lambda that may be running: everything it needs is on the stack by now.
  const auto waiter = std::move(waiter_);
  waiter->resume(executor_, notified_);
}

}  // namespace vedette::net
