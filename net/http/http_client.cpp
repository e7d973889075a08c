#include "net/http/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "net/http/http1.hpp"
#include "net/http/http2.hpp"
#include "net/http/proxy_tunnel.hpp"
#include "net/io/services.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

const std::string* find_header(const Headers& headers, std::string_view name) {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return same_ignoring_case(h.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

/// A line break in a header would be the beginning of another one. Values may come from files that change, so that what
/// the configuration's reader has refused is not all there is.
Problem refuse_line_breaks(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    if (value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos) continue;
    return Failure{Reason::kLocalFile, "the value of the header " + name + " holds a line break"};
  }
  return std::nullopt;
}

asio::awaitable<Problem> connect(Activity& context, Stream& stream, const HttpRequest& request, int hop) {
  const auto& settings = *request.connect_as;
  if (!request.socket.empty()) {
    auto problem = stream.connect(request.socket);
    if (!problem) context.add_phase(Phase::kConnect, stream.connect_time(), hop);
    co_return problem;
  }
  if (!request.proxy) {
    Endpoint to{*request.address, request.port, request.address_given ? std::string() : request.host};
    auto problem = co_await stream.connect(std::move(to), settings, Opening::kSpeaks);
    if (!problem) context.add_phase(Phase::kConnect, stream.connect_time(), hop);
    co_return problem;
  }
  auto problem = co_await stream.connect(request.proxy->at, settings, Opening::kSpeaks);
  auto taken = stream.connect_time();
  if (!problem && request.proxy->tls) {
    problem = co_await stream.handshake(request.proxy->tls, {.name = request.proxy->verify_name, .alpn = {}});
    taken += stream.tls_time();
    context.enter(Phase::kConnect);
  }
  if (!problem) problem = co_await open_tunnel(context, stream, request, taken);
  // Whatever goes wrong up to here is the proxy's, but for our own faults.
  if (problem && info_of(problem->reason).verdict != Verdict::kUnknown) {
    problem->reason = Reason::kHttpProxy;
    problem->message = "the proxy: " + problem->message;
  }
  if (!problem) context.add_phase(Phase::kConnect, taken, hop);
  co_return problem;
}

asio::awaitable<Problem> exchange(Activity& context, HttpConnection& connection, const HttpRequest& request,
                                  HttpExchange& out, int hop) {
  if (connection.http2) co_return co_await connection.http2->exchange(context, connection.stream, request, out, hop);
  co_return co_await exchange_http1(context, connection.stream, request, out, hop);
}

asio::awaitable<Problem> secure(Activity& context, Stream& stream, const HttpRequest& request, HttpExchange& out,
                                int hop) {
  HandshakeOptions options;
  options.name = request.verify_name;
  if ((request.http2 && !request.http10) || request.only_http2) options.alpn.emplace_back("h2");
  if (!request.only_http2) options.alpn.emplace_back("http/1.1");
  auto problem = co_await stream.handshake(request.tls, std::move(options));
  // A refused certificate ends the handshake as an accepted one does.
  const bool ended = stream.tls_time() > Duration::zero() && !(problem && problem->reason == Reason::kCancelled);
  if (ended) context.add_phase(Phase::kTls, stream.tls_time(), hop);
  out.tls = stream.tls().facts;
  const auto& chain = out.tls ? out.tls->chain : std::vector<CertificatePtr>();
  const auto& pins = request.pinned_keys;
  const bool pinned =
      pins.empty() || (!chain.empty() && std::find(pins.begin(), pins.end(), chain.front()->key_sha256) != pins.end());
  if (!problem && !pinned) {
    problem = Failure{Reason::kCertificatePin, "the server's public key is not the pinned one"};
  }
  co_return problem;
}

/// Not when an answer has begun: a server that refuses then has worked on the request, whatever it says.
bool may_ask_again(const Activity& context, const HttpRequest& request, const HttpExchange& out) {
  const bool possible = out.again != Again::kHttp11 || !request.only_http2;
  return possible && !out.heard && !context.stopped && !context.overdue;
}

/// Over a connection of its own, which is kept when there are `connections`.
asio::awaitable<Problem> perform_anew(Activity& context, const HttpRequest& request, HttpExchange& out, int hop,
                                      HttpConnections* connections) {
  auto connection = std::make_unique<HttpConnection>(context);
  auto& stream = connection->stream;
  if (auto problem = co_await connect(context, stream, request, hop)) co_return problem;
  out.local = stream.local();
  if (request.secure) {
    if (auto problem = co_await secure(context, stream, request, out, hop)) co_return problem;
  }
  if (request.only_http2 || (out.tls && out.tls->alpn == "h2")) connection->http2 = std::make_unique<Http2Session>();
  auto problem = co_await exchange(context, *connection, request, out, hop);
  if (connections != nullptr && out.reusable) connections->keep(request, std::move(connection));
  co_return problem;
}

}  // namespace

Failure headers_too_large(const HttpRequest& request) {
  return {Reason::kHttpHeadersTooLarge,
          fmt::format("more than {} bytes or {} lines of headers", request.max_header_bytes, kMaxHeaderFields)};
}

const std::string* HttpRequest::header(std::string_view name) const {
  return find_header(headers, name);
}

const std::string* HttpExchange::header(std::string_view name) const {
  return find_header(headers, name);
}

asio::awaitable<Problem> perform(Activity& context, const HttpRequest& request, HttpExchange& out, int hop,
                                 HttpConnections* connections) {
  if (auto problem = refuse_line_breaks(request.headers)) co_return problem;
  if (request.proxy) {
    if (auto problem = refuse_line_breaks(request.proxy->connect_headers)) co_return problem;
    // What the proxy connects to is ours to answer for.
    const auto& egress = context.services.sockets.egress();
    if (auto refused = egress.refuses({request.host, request.address, request.port})) co_return refused;
  }
  auto again = Again::kNo;
  if (connections != nullptr) {
    if (auto idle = connections->take(request)) {
      idle->stream.rebind(context);
      out.reused = true;
      out.tls = idle->stream.tls().facts;
      out.local = idle->stream.local();
      auto problem = co_await exchange(context, *idle, request, out, hop);
      if (out.reusable) connections->keep(request, std::move(idle));
      again = out.again;
      // Without an answer nobody knows whether it was done: what must not be done twice is not sent again.
      const bool gone = again != Again::kNo || is_idempotent(request.method);
      if (!problem || !gone || !may_ask_again(context, request, out)) co_return problem;
      if (again == Again::kNo) context.log("the server had closed the connection; connecting again");
      out = {};
    }
  }
  if (again == Again::kNo) {
    auto problem = co_await perform_anew(context, request, out, hop, connections);
    again = out.again;
    if (!problem || again == Again::kNo || !may_ask_again(context, request, out)) co_return problem;
    out = {};
  }
  context.end_phase();
  const bool older = again == Again::kHttp11;
  context.log(std::string(older ? "the server wants HTTP/1.1" : "the server refused the stream") + "; asking again");
  HttpRequest other = request;
  other.http2 = request.http2 && !older;
  co_return co_await perform_anew(context, other, out, hop, connections);
}

}  // namespace vedette::net
