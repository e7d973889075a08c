#pragma once

// The HTTP engine: libcurl's multi-socket interface over an epoll set of its own. One per shard, on its thread.
// Every exchange has a fresh connection. The engine resolves no names and reads no files.

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <vector>

#include "checks/net/epoll_set.hpp"
#include "checks/net/http_exchange.hpp"

namespace vedette::net {

class HttpTransfer;

class HttpEngine {
 public:
  explicit HttpEngine(const boost::asio::any_io_executor& executor);
  ~HttpEngine();
  HttpEngine(const HttpEngine&) = delete;
  HttpEngine& operator=(const HttpEngine&) = delete;

  /// Performs one exchange. `phase` is kept up to date, so that a deadline knows where it strikes. When the waiting
  /// coroutine is cancelled, the connection is closed at once and the failure's reason is `cancelled`.
  boost::asio::awaitable<HttpExchange> perform(HttpRequest request, Phase& phase);

  /// Whether the installed libcurl speaks HTTP/3.
  static bool has_http3();

 private:
  friend class HttpTransfer;

  static int on_watch(CURL* easy, curl_socket_t fd, int what, void* self, void* socket) noexcept;
  static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;

  struct Watched {
    HttpTransfer* transfer = nullptr;
    std::uint32_t wanted = 0;  ///< by libcurl
    std::uint32_t told = 0;    ///< to the kernel
  };

  [[nodiscard]] Watched& watched(int fd);
  void watch(int fd, std::uint32_t events);
  void bind(int fd, HttpTransfer* transfer);
  void unbind(int fd);
  void ready(int fd, std::uint32_t events);
  void turn();
  void arm();
  CURL* take_handle();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  CURLM* multi_;
  std::vector<Watched> by_fd_;
  std::vector<CURL*> pool_;
  bool due_ = false;  ///< libcurl wants to be called without waiting
  std::chrono::steady_clock::time_point wake_at_ = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point armed_for_ = std::chrono::steady_clock::time_point::max();
  EpollSet sockets_;
};

}  // namespace vedette::net
