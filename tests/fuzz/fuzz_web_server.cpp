// The agent's web server against hostile clients. Whatever one of them sends, the next one must be answered.
//
// Input: the client's manner, of which only the reset and the size of a piece count; what the client sends.

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

#include "probe/web/web_gate.hpp"
#include "probe/web/web_server.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;
namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

asio::awaitable<WebResponse> answer(WebRequest request) {
  request.when_client_leaves([] {});
  co_await give_turns(2);
  WebResponse out;
  out.body = request.method + " " + request.path + " " + request.parameter("a");
  co_return out;
}

class Server {
 public:
  explicit Server(asio::io_context& loop) : server_(loop, gate_, &answer) {
    server_.listen("127.0.0.1:0");
    server_.start();
  }
  [[nodiscard]] tcp::endpoint endpoint() const { return server_.endpoints().front(); }

 private:
  WebGate gate_;
  WebServer server_;
};

/// What the server says to `text`, up to its end.
asio::awaitable<std::string> talk(asio::io_context& loop, tcp::endpoint endpoint, Manner manner, std::string text) {
  std::string out;
  tcp::socket socket(loop);
  const auto [refused] = co_await socket.async_connect(endpoint, kTuple);
  if (refused) co_return out;
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const bool sent = co_await send_in_pieces(socket, manner.piece, text);
  if (manner.resets) {
    abandon(socket);
    co_return out;
  }
  if (sent) socket.shutdown(tcp::socket::shutdown_send, ignored);
  std::array<char, 4096> chunk{};
  while (true) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(chunk), kTuple);
    out.append(chunk.data(), size);
    if (error) break;
  }
  abandon(socket);
  co_return out;
}

std::string ask(const tcp::endpoint& endpoint, const Manner& manner, std::string text) {
  auto& harness = Harness::get();
  auto& loop = harness.loop();
  const auto said = std::make_shared<std::optional<std::string>>();
  asio::co_spawn(loop, talk(loop, endpoint, manner, std::move(text)),
                 [said](const std::exception_ptr& defect, std::string all) {
                   if (defect) std::rethrow_exception(defect);
                   *said = std::move(all);
                 });
  harness.run_until([&] { return said->has_value(); }, "the server does not end a connection");
  return std::move(**said);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& loop = Harness::get().loop();
  static auto& server = *new Server(loop);
  const auto endpoint = server.endpoint();
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto said = ask(endpoint, manner, std::string(input.rest()));
  require(said.empty() || said.starts_with("HTTP/1.1 "), "the server does not speak HTTP");
  const auto request = fmt::format("GET /good HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", endpoint.port());
  const auto good = ask(endpoint, {}, request);
  require(good.starts_with("HTTP/1.1 200 "), "a good request is not answered");
  require(good.ends_with("GET /good "), "a good request gets the answer to another one");
  return 0;
}
