#include "probe/web/web_server.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <stdexcept>

#include "base/accept.hpp"
#include "base/version.hpp"
#include "exporters/log/log.hpp"
#include "net/addresses/target.hpp"
#include "net/http/http1_chunks.hpp"
#include "probe/web/gzip.hpp"
#include "probe/web/web_gate.hpp"

namespace vedette {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

namespace {

/// Prometheus keeps a connection for each of its targets.
constexpr std::size_t kMaxConnections = 4096;
constexpr std::uint32_t kMaxHeaderBytes = 16 << 10;
constexpr std::uint64_t kMaxBodyBytes = 64 << 10;
constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kWorthCompressing = 1024;
/// For a request, and for all of an answer.
constexpr std::chrono::seconds kClientTime{30};
/// For the next part of an answer: a client that reads nothing is cut.
constexpr std::chrono::seconds kStallTime{5};
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

tcp::endpoint parse_listen_address(const std::string& text) {
  const auto with_host = text.starts_with(':') ? "[::]" + text : text;
  const auto colon = with_host.rfind(':');
  // Port 0 is for tests; split_host_port() refuses it for targets.
  const bool any_port = colon != std::string::npos && with_host.substr(colon) == ":0";
  const auto parts = net::split_host_port(any_port ? with_host.substr(0, colon) + ":1" : with_host, 0);
  boost::system::error_code error;
  const auto host = parts && parts->host == "localhost" ? std::string("127.0.0.1") : parts ? parts->host : "";
  const auto address = asio::ip::make_address(host, error);
  if (!parts || error) {
    throw std::runtime_error(
        fmt::format("'{}' is not an address to listen on; write :9115, 127.0.0.1:9115 or [::1]:9115", text));
  }
  return {address, any_port ? std::uint16_t{0} : parts->port};
}

tcp::acceptor listen_on(asio::io_context& loop, const std::string& text) {
  auto endpoint = parse_listen_address(text);
  tcp::acceptor acceptor(loop);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (error && text.starts_with(':')) {
    // A host without IPv6.
    endpoint = tcp::endpoint(tcp::v4(), endpoint.port());
    acceptor.open(endpoint.protocol(), error);
  }
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(!text.starts_with(':')), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw std::runtime_error(fmt::format("cannot listen on {}: {}", text, error.message()));
  return acceptor;
}

template <typename Message>
WebRequest to_request(const Message& message, bool& valid) {
  WebRequest out;
  out.method = std::string(message.method_string());
  out.accept = std::string(message[http::field::accept]);
  out.accept_encoding = std::string(message[http::field::accept_encoding]);
  out.authorization = std::string(message[http::field::authorization]);
  out.host = std::string(message[http::field::host]);
  out.origin = std::string(message[http::field::origin]);
  out.sec_fetch_site = std::string(message["Sec-Fetch-Site"]);
  out.sec_fetch_mode = std::string(message["Sec-Fetch-Mode"]);
  out.sec_fetch_dest = std::string(message["Sec-Fetch-Dest"]);
  out.scrape_timeout = std::string(message["X-Prometheus-Scrape-Timeout-Seconds"]);
  const std::string_view target(message.target().data(), message.target().size());
  const auto question = target.find('?');
  auto path = percent_decoded(target.substr(0, question), false);
  // Two hosts or origins are a try to have us look at the wrong one (RFC 9112 section 3.2).
  valid =
      path && path->starts_with('/') && message.count(http::field::host) < 2 && message.count(http::field::origin) < 2;
  if (!valid) return out;
  out.path = std::move(*path);
  if (question != std::string_view::npos) out.query = parse_query(target.substr(question + 1));
  return out;
}

using Message = http::response<http::span_body<const char>>;

/// The message's body is a view of that of `response`, which outlives it.
Message to_message(WebResponse& response, const WebRequest& request, bool keep_alive) {
  Message out;
  out.version(11);
  out.result(static_cast<unsigned>(response.status));
  out.keep_alive(keep_alive);
  out.set(http::field::server, fmt::format("vedette/{}", kVersion));
  out.set(http::field::content_type, response.content_type);
  out.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) out.set(name, value);
  if (!response.shared && response.body.size() >= kWorthCompressing &&
      accept_weight(request.accept_encoding, "gzip") > 0) {
    response.gzipped = true;
    response.body = gzip(response.body);
  }
  if (response.gzipped) out.set(http::field::content_encoding, "gzip");
  if (response.gzipped || response.shared) out.set(http::field::vary, "Accept, Accept-Encoding");
  const auto& body = response.shared ? response.shared->text() : response.body;
  out.body() = {body.data(), body.size()};
  out.prepare_payload();
  return out;
}

/// Calls `left` when the peer of `socket` closes; what it sends meanwhile is its next request.
void watch(tcp::socket& socket, std::function<void()> left) {
  socket.async_wait(tcp::socket::wait_read, [&socket, left = std::move(left)](const boost::system::error_code& error) {
    if (error) return;
    char byte = 0;
    boost::system::error_code ended;
    const auto got = socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ended);
    if (got == 0 || ended) left();
  });
}

/// Whether the client's certificate holds one of `names`; any will do when there are none.
bool has_name(SSL* ssl, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  auto* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return false;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return X509_check_host(certificate, name.c_str(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1 ||
           X509_check_ip_asc(certificate, name.c_str(), 0) == 1 ||
           X509_check_email(certificate, name.c_str(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 1;
  });
}

/// Reads the body of a request and forgets it: no endpoint wants one. Beast's own reader of chunks is not used, as it
/// asserts when a last chunk comes in pieces. False when the body is not valid, too large, or does not come.
template <typename Stream>
asio::awaitable<bool> skip_body(Stream& stream, beast::flat_buffer& buffer, bool chunked, std::uint64_t length) {
  // What stands in front of us may take the lines of a lenient body for another request.
  net::ChunkReader chunks(kMaxHeaderBytes, net::ChunkReader::Lines::kStrict);
  if (!chunked && length > kMaxBodyBytes) co_return false;
  for (std::uint64_t taken = 0; taken <= kMaxBodyBytes;) {
    std::string_view left(static_cast<const char*>(buffer.data().data()), buffer.size());
    const auto before = left.size();
    if (chunked) {
      if (chunks.take(left, [](std::string_view) { return true; })) co_return false;
    } else {
      left.remove_prefix(static_cast<std::size_t>(std::min<std::uint64_t>(length - taken, left.size())));
    }
    taken += before - left.size();
    buffer.consume(before - left.size());
    if (chunked ? chunks.done() : taken == length) co_return true;
    const auto [error, got] = co_await stream.async_read_some(buffer.prepare(kReadBytes), kTuple);
    if (error) co_return false;
    buffer.commit(got);
  }
  co_return false;
}

/// Sends `message`, of which `reader` is told when it is shared. A problem when the client takes too long for all of
/// it, or does not read.
template <typename Stream>
asio::awaitable<beast::error_code> send(Stream& stream, Message& message, SharedBody::Reader* reader) {
  auto& transport = beast::get_lowest_layer(stream);
  http::response_serializer<http::span_body<const char>> serializer(message);
  const auto end = std::chrono::steady_clock::now() + kClientTime;
  while (!serializer.is_done()) {
    transport.expires_at(std::min(end, std::chrono::steady_clock::now() + kStallTime));
    const auto [error, written] = co_await http::async_write_some(stream, serializer, kTuple);
    if (error) co_return error;
    if (reader != nullptr) reader->progressed();
  }
  co_return beast::error_code();
}

}  // namespace

class WebServer::Idle {
 public:
  Idle(const WebServer& server, tcp::socket& socket) : all_(server.idle_), socket_(socket) {
    place_ = all_->insert(all_->end(), this);
  }
  ~Idle() {
    if (listed_) all_->erase(place_);
  }
  Idle(const Idle&) = delete;
  Idle& operator=(const Idle&) = delete;

  /// Ends the connection.
  void end() {
    all_->erase(place_);
    listed_ = false;
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.cancel(ignored);
  }

 private:
  std::shared_ptr<IdleList> all_;
  tcp::socket& socket_;
  IdleList::iterator place_;
  bool listed_ = true;
};

WebResponse text_response(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body), {}};
}

std::string WebRequest::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

WebServer::WebServer(asio::io_context& loop, WebGate& gate, Handler handler)
    : loop_(loop), gate_(gate), handler_(std::move(handler)) {}

void WebServer::listen(const std::string& address) {
  acceptors_.push_back(listen_on(loop_, address));
}

void WebServer::adopt(int socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
      (name.ss_family != AF_INET && name.ss_family != AF_INET6)) {
    throw std::runtime_error(fmt::format("descriptor {} is not a TCP socket", socket));
  }
  acceptors_.emplace_back(loop_, name.ss_family == AF_INET ? tcp::v4() : tcp::v6(), socket);
}

std::vector<tcp::endpoint> WebServer::endpoints() const {
  std::vector<tcp::endpoint> out;
  for (const auto& acceptor : acceptors_) out.push_back(acceptor.local_endpoint());
  return out;
}

void WebServer::start() {
  for (auto& acceptor : acceptors_) asio::co_spawn(loop_, accept(acceptor), asio::detached);
}

asio::awaitable<void> WebServer::accept(tcp::acceptor& acceptor) {
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(kTuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: waiting gives others time to close some.
      log::warn("cannot accept a connection", {{"detail", error.message()}});
      asio::steady_timer pause(loop_, std::chrono::milliseconds(100));
      co_await pause.async_wait(kTuple);
      continue;
    }
    // A client that finds no room is turned away by closing.
    if (!make_room()) continue;
    ++connections_;
    asio::co_spawn(loop_, welcome(std::move(socket)), [this](const std::exception_ptr& failure) {
      --connections_;
      if (failure) log::error("a web connection ended in a defect of Vedette; please report it");
    });
  }
}

bool WebServer::make_room() {
  if (connections_ < kMaxConnections) return true;
  if (idle_->empty()) return false;
  idle_->front()->end();
  return true;
}

asio::awaitable<WebResponse> WebServer::answer(WebRequest request) {
  if (auto refusal = co_await gate_.refuse(request)) co_return std::move(*refusal);
  co_return co_await handler_(std::move(request));
}

asio::awaitable<void> WebServer::welcome(tcp::socket socket) {
  beast::tcp_stream plain(std::move(socket));
  gate_.refresh();
  const auto& config = gate_.config();
  if (!config.tls) {
    co_await serve(plain);
    co_return;
  }
  // The context may be replaced while the connection lasts.
  const auto context = config.tls;
  const auto sans = config.allowed_sans;
  beast::flat_buffer buffer;
  plain.expires_after(kClientTime);
  std::optional<Idle> idle;
  idle.emplace(*this, plain.socket());
  const auto [error, is_tls] = co_await beast::async_detect_ssl(plain, buffer, kTuple);
  idle.reset();
  if (error) co_return;
  if (!is_tls) {
    http::response<http::string_body> answer(http::status::bad_request, 11,
                                             "Client sent an HTTP request to an HTTPS server.\n");
    answer.prepare_payload();
    co_await http::async_write(plain, answer, kTuple);
    co_return;
  }
  beast::ssl_stream<beast::tcp_stream> secure(std::move(plain), *context);
  beast::get_lowest_layer(secure).expires_after(kClientTime);
  idle.emplace(*this, beast::get_lowest_layer(secure).socket());
  const auto [refused, used] = co_await secure.async_handshake(asio::ssl::stream_base::server, buffer.data(), kTuple);
  idle.reset();
  if (refused || !has_name(secure.native_handle(), sans)) co_return;
  co_await serve(secure);
  beast::get_lowest_layer(secure).expires_after(kClientTime);
  co_await secure.async_shutdown(kTuple);
}

template <typename Stream>
asio::awaitable<void> WebServer::serve(Stream& stream) {
  auto& transport = beast::get_lowest_layer(stream);
  beast::flat_buffer buffer;
  boost::system::error_code unknown;
  const auto client = transport.socket().remote_endpoint(unknown).address().to_string();
  while (true) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(boost::none);
    transport.expires_after(kClientTime);
    std::optional<Idle> idle;
    idle.emplace(*this, transport.socket());
    const auto [read_error, size] = co_await http::async_read_header(stream, buffer, parser, kTuple);
    // A body in another coding has an end that nobody here knows (RFC 9112 section 6.3).
    const bool readable =
        parser.chunked() ? parser.get().version() == 11 : parser.get().count(http::field::transfer_encoding) == 0;
    const bool whole = read_error || (readable && co_await skip_body(stream, buffer, parser.chunked(),
                                                                     parser.content_length().value_or(0)));
    idle.reset();
    if (read_error == http::error::end_of_stream || read_error == beast::error::timeout) break;
    WebRequest request;
    WebResponse response{400, "text/plain; charset=utf-8", "Bad request\n", {}};
    bool keep_alive = false;
    if (!read_error) {
      bool valid = false;
      request = to_request(parser.get(), valid);
      request.client = client;
      valid = valid && whole;
      keep_alive = parser.get().keep_alive() && valid;
      transport.expires_never();
      request.when_client_leaves = [&transport](std::function<void()> left) {
        watch(transport.socket(), std::move(left));
      };
      if (valid) response = co_await answer(request);
      // Nobody waits for the client to leave any more.
      transport.socket().cancel();
    } else if (read_error.category() != beast::http::make_error_code(http::error::bad_method).category()) {
      break;
    }
    for (const auto& header : gate_.config().headers) response.headers.push_back(header);
    auto message = to_message(response, request, keep_alive);
    if (request.method == "HEAD") message.body() = {};
    std::optional<SharedBody::Reader> reader;
    if (response.shared) reader.emplace(*response.shared, [&transport] { transport.close(); });
    if (co_await send(stream, message, reader ? &*reader : nullptr) || !keep_alive) break;
  }
  boost::system::error_code ignored;
  transport.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace vedette
