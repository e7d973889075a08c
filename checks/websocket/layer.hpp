#pragma once

// A Stream as Boost.Beast wants the layer under a WebSocket: asynchronous reads and writes of some bytes, of which the
// first are the answer to the upgrade. Why one failed is kept, since an error code cannot hold it.

#include <algorithm>
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/role.hpp>
#include <exception>
#include <optional>

#include "checks/websocket/upgrade_head.hpp"
#include "net/io/flood.hpp"
#include "net/stream/stream.hpp"

namespace vedette::websocket {

class Layer {
 public:
  using executor_type = boost::asio::any_io_executor;

  Layer(boost::asio::any_io_executor executor, net::Stream& stream) : executor_(std::move(executor)), stream_(stream) {}

  executor_type get_executor() { return executor_; }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return start([this, buffer = first<boost::asio::mutable_buffer>(buffers)] { return read(buffer); },
                 std::forward<Token>(token));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return start([this, buffer = first<boost::asio::const_buffer>(buffers)] { return write(buffer); },
                 std::forward<Token>(token));
  }

  /// A message is about to be read: no more than kMaxMessageBytes may come for it.
  void begin_message() { bytes_ = 0; }

  /// A control frame has come.
  void note_control_frame() { ++control_frames_; }

  /// Why the last read or write failed; nothing when it did not, or the peer had closed.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }

 private:
  struct Moved {
    boost::system::error_code error;
    std::size_t bytes = 0;
  };

  template <typename Buffer, typename Buffers>
  static Buffer first(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != boost::asio::buffer_sequence_end(buffers); ++at) {
      if (Buffer(*at).size() > 0) return *at;
    }
    return {};
  }

  template <typename Work, typename Token>
  auto start(Work work, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this, work](auto handler) {
          const auto slot = boost::asio::get_associated_cancellation_slot(handler);
          auto done = [handler = std::move(handler)](const std::exception_ptr& /*none*/, Moved moved) mutable {
            std::move(handler)(moved.error, moved.bytes);
          };
          boost::asio::co_spawn(executor_, work(), boost::asio::bind_cancellation_slot(slot, std::move(done)));
        },
        token);
  }

  boost::asio::awaitable<Moved> read(boost::asio::mutable_buffer buffer) {
    co_await begin();
    if (buffer.size() == 0) co_return Moved{};
    while (!head_.whole()) {
      std::array<char, 4096> part;
      const auto got = co_await stream_.read_some({part.data(), part.size()});
      if (!got) co_return fail(got.error());
      if (*got == 0) co_return Moved{boost::asio::error::eof, 0};
      if (auto problem = head_.take({part.data(), *got})) co_return fail(std::move(*problem));
    }
    if (const auto left = std::string_view(head_.text()).substr(given_); !left.empty()) {
      const auto size = std::min(left.size(), buffer.size());
      std::copy_n(left.begin(), size, static_cast<char*>(buffer.data()));
      given_ += size;
      co_return Moved{{}, size};
    }
    if (control_frames_ > net::kMaxControlFrames) co_return fail(net::flood(net::kMaxControlFrames, "control frames"));
    const auto got = co_await stream_.read_some({static_cast<char*>(buffer.data()), buffer.size()});
    if (!got) co_return fail(got.error());
    if (*got == 0) co_return Moved{boost::asio::error::eof, 0};
    bytes_ += *got;
    if (bytes_ > net::kMaxMessageBytes) co_return fail(net::flood(net::kMaxMessageBytes, "bytes for one message"));
    co_return Moved{{}, *got};
  }

  boost::asio::awaitable<Moved> write(boost::asio::const_buffer buffer) {
    co_await begin();
    auto problem = co_await stream_.write_all({static_cast<const char*>(buffer.data()), buffer.size()});
    if (problem) co_return fail(std::move(*problem));
    co_return Moved{{}, buffer.size()};
  }

  /// An operation may not end within the call that begins it; a cancelled one ends by itself.
  boost::asio::awaitable<void> begin() {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await boost::asio::post(executor_, boost::asio::use_awaitable);
  }

  Moved fail(Failure failure) {
    failure_ = std::move(failure);
    return {boost::asio::error::connection_aborted, 0};
  }

  boost::asio::any_io_executor executor_;
  net::Stream& stream_;
  UpgradeHead head_;
  std::size_t given_ = 0;  ///< bytes of the head's text
  std::optional<Failure> failure_;
  std::size_t bytes_ = 0;  ///< that came since the last message began
  std::size_t control_frames_ = 0;
};

// What Beast asks of a layer beside: the stream closes its socket when it goes.
inline void teardown(boost::beast::role_type /*role*/, Layer& /*layer*/, boost::system::error_code& /*error*/) {}
template <typename Handler>
void async_teardown(boost::beast::role_type /*role*/, Layer& layer, Handler&& handler) {
  boost::asio::post(layer.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    std::move(handler)(boost::system::error_code());
  });
}
inline void beast_close_socket(Layer& /*layer*/) {}

}  // namespace vedette::websocket
