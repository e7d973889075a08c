#pragma once

// A small HTTP server on Boost.Beast for the agent's endpoints. Runs on the io_context it is given, which runs no
// checks. Bounded: connections, header and body sizes, and the time that a client may take.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vedette {

struct WebRequest {
  std::string method;
  std::string path;  ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;
  std::string accept;
  std::string accept_encoding;

  [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct WebResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class WebServer {
 public:
  using Handler = std::function<boost::asio::awaitable<WebResponse>(WebRequest)>;

  /// Listens on `address` (`host:port`, `:port`, `[v6]:port`); throws std::runtime_error with a sentence for a person
  /// when it cannot.
  WebServer(boost::asio::io_context& loop, const std::string& address, Handler handler);

  void start();
  [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  boost::asio::io_context& loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  Handler handler_;
  std::size_t connections_ = 0;
};

}  // namespace vedette
