#include "net/http/http1.hpp"

#include <fmt/format.h>

#include <array>

#include "net/addresses/target.hpp"
#include "net/http/http1_response.hpp"
#include "net/http/http_work.hpp"
#include "net/http/proxy_tunnel.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

std::string text_of(const HttpRequest& request) {
  std::string out = request.method + ' ';
  const bool through_proxy = request.proxy && request.proxy->type == HttpProxy::Type::kHttp && !request.secure;
  if (through_proxy) {
    out += "http://";
    out += request.port == 80 && !is_address(request.host) ? request.host : join_host_port(request.host, request.port);
  }
  out += request.target;
  out += request.http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (through_proxy && !request.proxy->user.empty()) {
    out += "Proxy-Authorization: " + basic_authorization(request.proxy->user, request.proxy->password) + "\r\n";
  }
  if (request.header("Connection") == nullptr && !request.keep_alive) out += "Connection: close\r\n";
  if (!request.body) {
    const bool usually_has_one = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (usually_has_one && request.header("Content-Length") == nullptr) out += "Content-Length: 0\r\n";
    return out + "\r\n";
  }
  if (request.chunked) {
    out += "Transfer-Encoding: chunked\r\n\r\n";
    if (!request.body->empty()) out += fmt::format("{:x}\r\n{}\r\n", request.body->size(), *request.body);
    return out + "0\r\n\r\n";
  }
  if (request.header("Content-Length") == nullptr) out += fmt::format("Content-Length: {}\r\n", request.body->size());
  return out + "\r\n" + *request.body;
}

}  // namespace

asio::awaitable<Problem> exchange_http1(Activity& context, Stream& stream, const HttpRequest& request,
                                        HttpExchange& out, int hop) {
  context.enter(Phase::kProcessing);
  ResponseReader reader(request, out);
  stream.ask();
  // A server may answer, and close, before it has read all: what it says counts for more than that it would not listen.
  const auto unsent = co_await stream.write_all(text_of(request));
  std::chrono::steady_clock::time_point answered;
  while (!reader.done()) {
    thread_local std::array<char, kReadBytes> buffer;
    const auto got = co_await stream.read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) {
      if (context.phase == Phase::kTransfer) {
        if (auto problem = reader.end()) co_return problem;
        break;
      }
      co_return unsent ? unsent : Failure{Reason::kClosedProcessing, "the peer closed the connection"};
    }
    out.heard = true;
    if (context.phase == Phase::kProcessing) {
      context.add_phase(Phase::kProcessing, stream.answer_time(), hop);
      context.enter(Phase::kTransfer);
      answered = now_monotonic();
    }
    if (auto problem = reader.take({buffer.data(), *got})) co_return problem;
    if (request.on_slice) {
      if (auto problem = co_await finish_slices(stream, request, out)) co_return problem;
    }
  }
  context.add_phase(Phase::kTransfer, stream.time_since_answer(answered), hop);
  out.reusable = request.keep_alive && !request.http10 && !unsent && reader.keeps_alive();
  co_return std::nullopt;
}

}  // namespace vedette::net
