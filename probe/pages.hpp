#pragma once

// Large pages: made by a thread of their own, one after the other, and shared by all who ask for the same at about the
// same time. So neither the time nor the memory that they take grows with the number of those who ask, and other
// requests are answered meanwhile. On the web server's thread, but for the making.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checks/net/event.hpp"
#include "checks/workers.hpp"
#include "probe/web_server.hpp"

namespace vedette {

class Pages {
 public:
  /// What all pages that are being sent may have in bytes, if there is more than one.
  static constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

  explicit Pages(const boost::asio::any_io_executor& home) : home_(home), forgetting_(home) {}

  /// The page called `key`, which `make` makes on the other thread; compressed when the request takes that. A page is
  /// given out again for twice as long as its making took: as fresh as if each had waited for its own. 503 when too
  /// many bytes of pages are under way.
  boost::asio::awaitable<WebResponse> get(std::string key, bool compressed, std::function<WebResponse()> make);

 private:
  struct Page {
    WebResponse response;
    std::chrono::steady_clock::time_point good_until;
    bool done = false;
    std::vector<net::Event*> waiting;
  };

  boost::asio::awaitable<std::shared_ptr<Page>> find_or_make(std::string key, bool compressed,
                                                             std::function<WebResponse()> make);
  /// Of the pages that somebody still has.
  [[nodiscard]] std::size_t bytes_under_way();

  /// Forgets the pages that are not good any more, now and when the next one is not.
  void forget_old();

  boost::asio::any_io_executor home_;
  boost::asio::steady_timer forgetting_;
  std::map<std::string, std::shared_ptr<Page>> pages_;
  std::vector<std::weak_ptr<const std::string>> under_way_;
  Workers maker_{1, 16};
};

}  // namespace vedette
