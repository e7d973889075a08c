#include "net/http/http_work.hpp"

namespace vedette::net {

namespace asio = boost::asio;

asio::awaitable<Problem> finish_slices(Stream& stream, const HttpRequest& request, HttpExchange& out) {
  while (true) {
    const auto work = request.on_slice();
    out.ended_by_sink = out.ended_by_sink || work == Work::kEnough;
    if (work != Work::kMore) break;
    if (stream.must_turn()) {
      if (auto problem = co_await stream.take_turn()) co_return problem;
    }
  }
  co_return std::nullopt;
}

}  // namespace vedette::net
