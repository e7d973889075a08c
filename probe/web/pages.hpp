#pragma once

// Large pages: made by a thread of their own, one after the other, and shared by all who came while the one before was
// being made. So neither the time nor the memory that they take grows with the number of those who ask, and other
// requests are answered meanwhile. Nobody gets a page whose making had begun before they asked: what a client has
// changed, it sees. On the web server's thread, but for the making.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/workers.hpp"
#include "net/io/event.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

class Pages {
 public:
  /// Of all pages that are being sent; a single page may have more. Beyond that, clients are cut that have taken
  /// nothing for as long as `stall`, then those that read the oldest page: nobody may keep others from a page.
  struct Limits {
    std::size_t bytes = std::size_t{256} << 20;
    std::chrono::milliseconds stall{1000};
  };

  explicit Pages(const boost::asio::any_io_executor& home) : Pages(home, Limits{}) {}
  Pages(const boost::asio::any_io_executor& home, Limits limits) : home_(home), rest_(home), limits_(limits) {}

  /// The page called `key`, which `make` makes on the other thread; compressed when the request takes that. Behind each
  /// page the thread rests for as long as it took, so that clients who ask without end leave half of a processor to the
  /// checks.
  boost::asio::awaitable<WebResponse> get(std::string key, bool compressed, std::function<WebResponse()> make);

 private:
  using Key = std::pair<std::string, bool>;  ///< its name, and whether it is compressed

  /// A page whose making has not begun, or that those who wait for it are about to get.
  struct Page {
    std::function<WebResponse()> make;  ///< as the last one who asked wants it
    WebResponse response;
    bool done = false;
    std::vector<net::Event*> waiting;
  };

  void make_next();
  void finish(Page& page);

  /// Notes that a page is about to be sent, and makes room for it.
  void send(const std::shared_ptr<SharedBody>& newest);

  boost::asio::any_io_executor home_;
  boost::asio::steady_timer rest_;
  const Limits limits_;
  bool busy_ = false;  ///< the thread makes a page, or rests
  std::map<Key, std::shared_ptr<Page>> next_;
  std::deque<Key> order_;                             ///< of those in `next_`
  std::vector<std::weak_ptr<SharedBody>> under_way_;  ///< the oldest first
  /// One job at a time, but the one before may not have left its thread yet when the next comes.
  Workers maker_{1, 2};
};

}  // namespace vedette
