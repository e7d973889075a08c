#pragma once

// A small HTTP server on Boost.Beast for the agent's endpoints. Runs on the io_context it is given, which runs no
// checks. Bounded: connections (the one that has been idle for the longest makes room), header and body sizes, and the
// time that a client may take.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "probe/web/query_string.hpp"
#include "probe/web/shared_body.hpp"

namespace vedette {

struct WebRequest {
  std::string method;
  std::string path;  ///< percent-decoded, without the query
  Parameters query;
  std::string accept;
  std::string accept_encoding;
  std::string authorization;
  std::string host;
  std::string origin;
  std::string sec_fetch_site;
  std::string sec_fetch_mode;
  std::string sec_fetch_dest;
  std::string client;          ///< the address that it comes from
  std::string scrape_timeout;  ///< X-Prometheus-Scrape-Timeout-Seconds
  /// Takes a function to be called once, on the server's thread, when the client goes away before it has the answer.
  std::function<void(std::function<void()>)> when_client_leaves;

  /// The first value of `name`; empty when there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct WebResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<SharedBody> shared{};  ///< instead of `body`
  bool gzipped = false;                  ///< `shared` is compressed
};

WebResponse text_response(int status, std::string body);

class WebGate;

class WebServer {
 public:
  using Handler = std::function<boost::asio::awaitable<WebResponse>(WebRequest)>;

  /// `gate` outlives the server; it is asked for each connection and request.
  WebServer(boost::asio::io_context& loop, WebGate& gate, Handler handler);

  /// Listens on `address` (`host:port`, `:port`, `[v6]:port`); throws std::runtime_error with a sentence for a person
  /// when it cannot.
  void listen(const std::string& address);
  /// Takes over a socket that listens already.
  void adopt(int socket);

  void start();
  [[nodiscard]] std::vector<boost::asio::ip::tcp::endpoint> endpoints() const;

 private:
  boost::asio::awaitable<void> accept(boost::asio::ip::tcp::acceptor& acceptor);
  /// A connection that waits for its client, in the list of all that do, the oldest first.
  class Idle;

  /// TLS, when the gate wants it, and then the requests.
  boost::asio::awaitable<void> welcome(boost::asio::ip::tcp::socket socket);
  template <typename Stream>
  boost::asio::awaitable<void> serve(Stream& stream);
  /// What a request is answered.
  boost::asio::awaitable<WebResponse> answer(WebRequest request);
  /// Whether there is room for one more connection, if need be by ending one that is idle.
  bool make_room();

  boost::asio::io_context& loop_;
  WebGate& gate_;
  std::list<boost::asio::ip::tcp::acceptor> acceptors_;
  Handler handler_;
  std::size_t connections_ = 0;
  /// Shared with the connections, which may outlast the server: the loop frees what still waits when it goes itself.
  using IdleList = std::list<Idle*>;
  std::shared_ptr<IdleList> idle_ = std::make_shared<IdleList>();
};

}  // namespace vedette
