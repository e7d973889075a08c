#include "checks/net/http_transfer.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "checks/net/errors.hpp"
#include "checks/net/http_engine.hpp"
#include "checks/net/stream.hpp"
#include "checks/net/target.hpp"

namespace vedette::net {

namespace {

/// libcurl's buffer for each transfer in flight; responses of checks are small.
constexpr long kBufferBytes = 8192;

bool has_header(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& h) { return same_ignoring_case(h.first, name); });
}

/// A header line as libcurl takes it; an empty value needs a semicolon.
void append(curl_slist*& list, const std::string& name, const std::string& value) {
  const auto line = value.empty() ? name + ";" : fmt::format("{}: {}", name, value);
  list = curl_slist_append(list, line.c_str());
}

Moment arrived_at(const Peeked& peeked) {
  auto moment = Moment::now();
  if (peeked.stamp != Stamp::zero()) moment.stamp = peeked.stamp;
  return moment;
}

}  // namespace

const std::string* HttpExchange::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return same_ignoring_case(h.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

HttpTransfer::HttpTransfer(HttpEngine& engine, CURL* easy, HttpRequest request, Phase& phase,
                           const boost::asio::any_io_executor& executor)
    : done(executor), engine_(engine), easy_(easy), request_(std::move(request)), phase_(phase) {
  set_options();
  set_body_options();
  if (is_https()) set_tls_options();
}

HttpTransfer::~HttpTransfer() {
  curl_slist_free_all(headers_);
  curl_slist_free_all(proxy_headers_);
  curl_slist_free_all(connect_to_);
}

void HttpTransfer::set_options() {
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy_, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy_, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kBufferBytes);
  curl_easy_setopt(easy_, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, request_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &HttpTransfer::on_socket);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &HttpTransfer::on_close);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &engine_);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &HttpTransfer::on_request);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  // An empty proxy also keeps the environment's away.
  curl_easy_setopt(easy_, CURLOPT_PROXY, request_.proxy.c_str());
  if (!request_.proxy.empty()) {
    for (const auto& [name, value] : request_.proxy_headers) append(proxy_headers_, name, value);
    curl_easy_setopt(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
    curl_easy_setopt(easy_, CURLOPT_PROXYHEADER, proxy_headers_);
  } else if (request_.connect_to) {
    const auto& [address, port] = *request_.connect_to;
    connect_to_ = curl_slist_append(nullptr, ("::" + join_host_port(address.to_string(), port)).c_str());
    curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
  }
  if (request_.source) {
    curl_easy_setopt(easy_, CURLOPT_INTERFACE, ("host!" + request_.source->to_string()).c_str());
  }
  // Without a colon's value libcurl leaves out the header that it would add by itself.
  if (!has_header(request_.headers, "Accept")) headers_ = curl_slist_append(headers_, "Accept:");
  for (const auto& [name, value] : request_.headers) append(headers_, name, value);
  if (!has_header(request_.headers, "Connection")) append(headers_, "Connection", "close");
}

void HttpTransfer::set_body_options() {
  if (request_.body) {
    for (const char* name : {"Expect:", "Content-Type:"}) {
      const std::string_view bare(name, std::strlen(name) - 1);
      if (!has_header(request_.headers, bare)) headers_ = curl_slist_append(headers_, name);
    }
  }
  if (request_.chunked) append(headers_, "Transfer-Encoding", "chunked");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  if (request_.body) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body->size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body->data());
  } else if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  }
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void HttpTransfer::set_tls_options() {
  auto& record = exchange.tls;
  record.name = request_.verify_name;
  record.lenient = !request_.tls->verifies();
  record.on_done = [this] {
    exchange.timing.secured = arrival_since(exchange.timing.hello);
    enter(Phase::kProcessing);
  };
  // A session ticket comes after the handshake and is not the response: what waits behind it may be.
  record.on_ticket = [this] {
    first_arrival_ = {};
    if (fd_ < 0) return;
    const auto next = peek_oldest(fd_);
    if (next.waiting == Waiting::kData) first_arrival_ = arrived_at(next);
  };
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, request_.tls->verifies() ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, request_.tls->verifies() ? 2L : 0L);
  // The store comes with the profile: a bundle read for each connection would cost 50 ms.
  curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy_, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_CTX_FUNCTION, &HttpTransfer::on_tls_context);
  curl_easy_setopt(easy_, CURLOPT_SSL_CTX_DATA, this);
}

int HttpTransfer::on_socket(void* self, curl_socket_t fd, curlsocktype /*purpose*/) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.fd_ = fd;
  transfer.engine_.bind(fd, &transfer);
  transfer.exchange.timing.opened = Moment::now();
  transfer.enter(Phase::kConnect);
  enable_stamps(fd);
  return CURL_SOCKOPT_OK;
}

int HttpTransfer::on_close(void* engine, curl_socket_t fd) noexcept {
  static_cast<HttpEngine*>(engine)->unbind(fd);
  return ::close(fd);
}

void HttpTransfer::note_ready(int fd, bool readable) {
  if (!connected_) {
    const auto state = connect_state_of(fd, now_monotonic() - exchange.timing.opened.user);
    if (!state.connected) return;
    connected_ = true;
    exchange.timing.connect = state.took;
    enter(is_https() ? Phase::kTls : Phase::kProcessing);
  }
  if (!readable) return;
  const auto newest = peek_newest(fd);
  if (newest.waiting == Waiting::kEnd) peer_ended_ = true;
  if (newest.waiting == Waiting::kError) peer_error_ = newest.error;
  if (newest.waiting != Waiting::kData) return;
  arrival_ = arrived_at(newest);
  const bool awaiting = exchange.timing.requested.known() && !exchange.timing.first_byte.known();
  if (awaiting && !first_arrival_.known()) first_arrival_ = arrived_at(peek_oldest(fd));
}

CURLcode HttpTransfer::on_tls_context(CURL* /*easy*/, void* context, void* self) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  auto* ctx = static_cast<SSL_CTX*>(context);
  transfer.request_.tls->apply_to(ctx);
  watch_verification(ctx);
  attach_record(ctx, &transfer.exchange.tls);
  expect_name(SSL_CTX_get0_param(ctx), transfer.request_.verify_name);
  transfer.enter(Phase::kTls);
  transfer.exchange.timing.hello = Moment::now();
  return CURLE_OK;
}

int HttpTransfer::on_request(void* self, char* /*remote*/, char* local, int /*remote_port*/, int local_port) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.exchange.local_port = static_cast<std::uint16_t>(local_port);
  transfer.exchange.local_address = join_host_port(local, static_cast<std::uint16_t>(local_port));
  transfer.enter(Phase::kProcessing);
  transfer.first_arrival_ = {};
  transfer.exchange.timing.requested = Moment::now();
  return CURL_PREREQFUNC_OK;
}

Moment HttpTransfer::arrival_since(const Moment& earlier) const {
  return arrival_.stamp > earlier.stamp ? arrival_ : Moment::now();
}

void HttpTransfer::note_first_byte() {
  if (exchange.timing.first_byte.known()) return;
  // HTTP/2 servers speak first (SETTINGS): there the newest byte is nearer to the response than the oldest.
  const bool oldest_counts = first_arrival_.known() && exchange.version != "2";
  exchange.timing.first_byte = oldest_counts ? first_arrival_ : arrival_since(exchange.timing.requested);
  enter(Phase::kTransfer);
}

bool HttpTransfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > request_.max_header_bytes) {
    headers_too_large_ = true;
    return false;
  }
  line = config::trim(line);
  if (line.starts_with("HTTP/")) {
    // A new response: 1xx before the final one, or the final one itself.
    const auto space = line.find(' ');
    exchange.version = std::string(line.substr(5, space == std::string_view::npos ? space : space - 5));
    exchange.headers.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    exchange.headers.emplace_back(line.substr(0, colon), config::trim(line.substr(colon + 1)));
  }
  return true;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  try {
    if (!transfer.take_header({data, size * count})) return 0;
    transfer.note_first_byte();
    return size * count;
  } catch (...) {
    return 0;
  }
}

std::size_t HttpTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  try {
    if (!transfer.request_.on_body || transfer.request_.on_body({data, size * count})) return size * count;
    transfer.exchange.ended_by_sink = true;
  } catch (...) {
    transfer.exchange.failure = Failure{Reason::kInternal, "an exception while taking the body"};
  }
  return 0;
}

void HttpTransfer::complete(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  exchange.status = static_cast<int>(status);
  const auto& first = exchange.timing.first_byte;
  if (first.known()) exchange.timing.last_byte = arrival_.stamp > first.stamp ? arrival_ : first;
  // A refused certificate ends the handshake as an accepted one does: when the peer's part had arrived.
  if (!exchange.tls.errors.empty() && !exchange.timing.secured.known()) exchange.timing.secured = arrival_;
  exchange.tls.on_done = nullptr;
  exchange.tls.on_ticket = nullptr;
  if (code != CURLE_OK && !exchange.failure && !exchange.ended_by_sink) exchange.failure = failure_of_code(code);
  done.notify();
}

std::optional<Failure> HttpTransfer::failure_of_peer() const {
  if (peer_error_ != 0) return failure_of(peer_error_, phase_);
  if (peer_ended_) return Failure{closed_in(phase_), "the peer closed the connection"};
  return std::nullopt;
}

Failure HttpTransfer::failure_of_code(CURLcode code) const {
  const std::string text = error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
  long proxy_status = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (proxy_status != 0 && proxy_status / 100 != 2) return {Reason::kHttpProxy, text};
  if (headers_too_large_) {
    return {Reason::kHttpHeadersTooLarge, fmt::format("more than {} bytes of headers", request_.max_header_bytes)};
  }
  switch (code) {
    case CURLE_COULDNT_CONNECT: {
      long error = 0;
      curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &error);
      if (!request_.proxy.empty()) return {Reason::kHttpProxy, text};
      if (error == 0) return {Reason::kConnectFailed, text};
      auto failure = failure_of(static_cast<int>(error), Phase::kConnect);
      if (request_.connect_to) {
        failure.message =
            fmt::format("{}: {}", join_host_port(request_.connect_to->first.to_string(), request_.connect_to->second),
                        failure.message);
      }
      return failure;
    }
    case CURLE_INTERFACE_FAILED:
      return {Reason::kSourceAddress, text};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return {Reason::kHttpProxy, text};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
      if (auto failure = verification_failure(exchange.tls)) return *failure;
      if (code == CURLE_PEER_FAILED_VERIFICATION) return {Reason::kTlsVerifyName, text};
      if (exchange.tls.alert_received < 0 && exchange.tls.alert_sent < 0) {
        if (auto failure = failure_of_peer()) return *failure;
      }
      return handshake_failure(exchange.tls, text);
    case CURLE_GOT_NOTHING:
      return failure_of_peer().value_or(Failure{Reason::kClosedProcessing, text});
    case CURLE_PARTIAL_FILE:
      return failure_of_peer().value_or(Failure{Reason::kClosedTransfer, text});
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      if (exchange.tls.alert_received > 0) return handshake_failure(exchange.tls, text);
      return failure_of_peer().value_or(Failure{Reason::kHttpProtocol, text});
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return failure_of_peer().value_or(Failure{Reason::kHttpProtocol, text});
    case CURLE_OUT_OF_MEMORY:
      return {Reason::kLocalResources, text};
    case CURLE_URL_MALFORMAT:
      return {Reason::kTargetInvalid, text};
    default:
      return {Reason::kHttpProtocol, text};
  }
}

}  // namespace vedette::net
