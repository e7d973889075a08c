#include "net/http/http2.hpp"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "net/http/http_work.hpp"
#include "net/io/flood.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

/// How much of a body may come before we say that it was taken.
constexpr std::int32_t kWindow = 1 << 20;

/// RFC 9113 section 8.2.2: these belong to HTTP/1.1's connections. The host is :authority.
bool is_left_out(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"connection",        "host",   "keep-alive", "proxy-connection",
                                                   "transfer-encoding", "upgrade"};
  return std::any_of(kNames.begin(), kNames.end(), [&](auto other) { return same_ignoring_case(name, other); });
}

/// The request's headers as HTTP/2 writes them.
Headers fields_of(const HttpRequest& request) {
  const auto* host = request.header("Host");
  Headers out{{":method", request.method},
              {":scheme", request.secure ? "https" : "http"},
              {":authority", host == nullptr ? request.host : *host},
              {":path", request.target}};
  for (const auto& [name, value] : request.headers) {
    if (!is_left_out(name)) out.emplace_back(lower_case(name), value);
  }
  if (request.body && request.header("Content-Length") == nullptr) {
    out.emplace_back("content-length", std::to_string(request.body->size()));
  }
  return out;
}

}  // namespace

/// nghttp2's session, filling an exchange as frames come in.
class Http2Session::Frames {
 public:
  Frames() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, &Frames::on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Frames::on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Frames::on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Frames::on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Frames::on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Frames::on_close);
    nghttp2_session_callbacks_set_error_callback2(callbacks, &Frames::on_error);
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    // Blanks around a value: RFC 9113 section 8.2.1 forbids them, nginx sends them, browsers and curl take them.
    nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(options, 1);
    nghttp2_session_client_new2(&session_, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    const std::array<nghttp2_settings_entry, 2> settings{
        nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  }
  ~Frames() { nghttp2_session_del(session_); }
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  /// Begins an exchange; both outlive it.
  void begin(const HttpRequest& request, HttpExchange& out) {
    request_ = &request;
    out_ = &out;
    unsent_ = request.body ? std::string_view(*request.body) : std::string_view();
    complaint_.clear();
    header_bytes_ = silent_bytes_ = fields_ = 0;
    interim_ = 0;
    began_ = trailers_ = complete_ = closed_ = false;
    submit();
  }

  /// What is to be sent now.
  [[nodiscard]] std::string output() {
    std::string out;
    const std::uint8_t* data = nullptr;
    for (auto size = nghttp2_session_mem_send(session_, &data); size > 0;
         size = nghttp2_session_mem_send(session_, &data)) {
      out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    return out;
  }

  Problem take(std::string_view data) {
    silent_bytes_ += data.size();
    const auto taken =
        nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
    if (headers_too_large_) return headers_too_large(*request_);
    if (pushed_) return protocol_error("the server pushed a response, which our settings do not allow");
    if (done()) return std::nullopt;
    if (interim_ > kMaxInterimResponses) return flood(kMaxInterimResponses, "interim responses");
    if (taken == NGHTTP2_ERR_FLOODED)
      return Failure{Reason::kPeerFlood, "the peer sent more frames than it lets us answer"};
    if (silent_bytes_ > kMaxSilentBytes) return flood(kMaxSilentBytes, "bytes of frames without payload");
    if (taken < 0) return protocol_error(nghttp2_strerror(static_cast<int>(taken)));
    if (error_ != NGHTTP2_NO_ERROR) return protocol_error(nghttp2_http2_strerror(error_));
    if (closed_) return protocol_error("the stream ended without a response");
    return std::nullopt;
  }

  /// When the session or the exchange is over by what take() found, and output() has said so to the server.
  [[nodiscard]] Problem ended() const {
    if (done()) return std::nullopt;
    // A malformed answer closes its stream when the server is told so.
    if (!closed_ && nghttp2_session_want_read(session_) != 0) return std::nullopt;
    return protocol_error(complaint_.empty() ? "the server broke the protocol" : complaint_);
  }

  /// Whether the first byte of a response has come.
  [[nodiscard]] bool began() const { return began_; }
  /// Whether the session can take another request.
  [[nodiscard]] bool can_go_on() const {
    return complete_ && !leaving_ && !out_->ended_by_sink && error_ == NGHTTP2_NO_ERROR &&
           nghttp2_session_want_read(session_) != 0;
  }
  /// Whether the final response is complete, or no more of it is wanted.
  [[nodiscard]] bool done() const { return out_->ended_by_sink || complete_; }

 private:
  void submit() {
    const auto fields = fields_of(*request_);
    std::vector<nghttp2_nv> pairs;
    for (const auto& [name, value] : fields) {
      // nghttp2 copies both; its types just do not say const.
      pairs.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    nghttp2_data_provider provider{};
    provider.source.ptr = this;
    provider.read_callback = &Frames::read_body;
    stream_ = nghttp2_submit_request(session_, nullptr, pairs.data(), pairs.size(),
                                     request_->body ? &provider : nullptr, nullptr);
  }

  static std::uint8_t* bytes_of(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }

  static Failure protocol_error(std::string_view what) {
    return {Reason::kHttpProtocol, fmt::format("HTTP/2: {}", what)};
  }

  static ssize_t read_body(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint8_t* into, std::size_t room,
                           std::uint32_t* flags, nghttp2_data_source* source, void* /*self*/) noexcept {
    auto& rest = static_cast<Frames*>(source->ptr)->unsent_;
    const auto size = std::min(room, rest.size());
    std::memcpy(into, rest.data(), size);
    rest.remove_prefix(size);
    if (rest.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  static int on_begin_frame(nghttp2_session* /*session*/, const nghttp2_frame_hd* head, void* self) noexcept {
    if (head->type != NGHTTP2_PUSH_PROMISE) return 0;
    // nghttp2 lets it pass until the server has acknowledged our settings, but it had them before the request.
    static_cast<Frames*>(self)->pushed_ = true;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }

  static int on_begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* self) noexcept {
    auto& session = *static_cast<Frames*>(self);
    if (frame->hd.stream_id != session.stream_) return 0;
    session.began_ = true;
    // After the final response only trailers come; before it, interim responses.
    session.trailers_ = session.out_->status >= 200;
    if (session.trailers_) return 0;
    if (session.out_->status != 0) ++session.interim_;
    session.out_->status = 0;
    session.out_->version = "2";
    session.out_->headers.clear();
    return 0;
  }

  static int on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/,
                       void* self) noexcept {
    auto& session = *static_cast<Frames*>(self);
    if (frame->hd.stream_id != session.stream_) return 0;
    session.header_bytes_ += name_size + value_size;
    session.headers_too_large_ =
        session.header_bytes_ > session.request_->max_header_bytes || ++session.fields_ > kMaxHeaderFields;
    if (session.headers_too_large_) return NGHTTP2_ERR_CALLBACK_FAILURE;
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const std::string_view text(reinterpret_cast<const char*>(value), value_size);
    try {
      if (key == ":status") {
        std::from_chars(text.data(), text.data() + text.size(), session.out_->status);
      } else {
        auto& fields = session.trailers_ ? session.out_->trailers : session.out_->headers;
        fields.emplace_back(key, trim(text));
      }
    } catch (...) {
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
  }

  static int on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t stream,
                     const std::uint8_t* data, std::size_t size, void* self) noexcept {
    auto& session = *static_cast<Frames*>(self);
    try {
      const auto& take = session.request_->on_body;
      if (stream == session.stream_) session.silent_bytes_ = 0;
      if (stream != session.stream_ || session.out_->ended_by_sink || !take) return 0;
      session.out_->ended_by_sink = !take({reinterpret_cast<const char*>(data), size});
    } catch (...) {
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
  }

  static int on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* self) noexcept {
    auto& session = *static_cast<Frames*>(self);
    if (frame->hd.type == NGHTTP2_GOAWAY) session.leaving_ = true;
    if (frame->hd.type == NGHTTP2_GOAWAY && session.error_ == 0) session.error_ = frame->goaway.error_code;
    if (session.error_ == NGHTTP2_HTTP_1_1_REQUIRED) session.out_->again = Again::kHttp11;
    if (frame->hd.stream_id != session.stream_) return 0;
    // Frames of headers are bounded by what they hold.
    if (frame->hd.type == NGHTTP2_HEADERS) session.silent_bytes_ = 0;
    if (frame->hd.type == NGHTTP2_HEADERS && session.out_->status >= 200) session.out_->has_head = true;
    const bool of_stream = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (of_stream && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) session.complete_ = session.out_->status >= 200;
    return 0;
  }

  static int on_close(nghttp2_session* /*session*/, std::int32_t stream, std::uint32_t error, void* self) noexcept {
    auto& session = *static_cast<Frames*>(self);
    if (stream != session.stream_) return 0;
    session.closed_ = true;
    // RFC 9113 section 8.7. A GOAWAY that leaves the stream out closes it so, too.
    if (error == NGHTTP2_REFUSED_STREAM) session.out_->again = Again::kSame;
    if (error == NGHTTP2_HTTP_1_1_REQUIRED) session.out_->again = Again::kHttp11;
    if (session.error_ == 0) session.error_ = error;
    return 0;
  }

  static int on_error(nghttp2_session* /*session*/, int /*code*/, const char* message, std::size_t size,
                      void* self) noexcept {
    constexpr std::size_t kShown = 200;
    try {
      static_cast<Frames*>(self)->complaint_ = printable({message, size}, kShown);
    } catch (...) {
      return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return 0;
  }

  const HttpRequest* request_ = nullptr;
  HttpExchange* out_ = nullptr;
  nghttp2_session* session_ = nullptr;
  std::int32_t stream_ = 0;  ///< of the exchange
  std::string complaint_;    ///< nghttp2's own, of what the server sent
  std::string_view unsent_;
  std::size_t header_bytes_ = 0;
  std::size_t fields_ = 0;                  ///< of all headers and trailers
  std::size_t silent_bytes_ = 0;            ///< that came since the last headers or data of the exchange
  int interim_ = 0;                         ///< interim responses so far
  std::uint32_t error_ = NGHTTP2_NO_ERROR;  ///< that the server gave for the stream or the connection
  bool began_ = false;
  bool trailers_ = false;
  bool headers_too_large_ = false;
  bool pushed_ = false;
  bool complete_ = false;
  bool closed_ = false;
  bool leaving_ = false;  ///< the server takes no more requests
};

Http2Session::Http2Session() : frames_(std::make_unique<Frames>()) {}

Http2Session::~Http2Session() = default;

asio::awaitable<Problem> Http2Session::exchange(Activity& context, Stream& stream, const HttpRequest& request,
                                                HttpExchange& out, int hop) {
  context.enter(Phase::kProcessing);
  auto& session = *frames_;
  session.begin(request, out);
  const auto opening = session.output();
  stream.ask();
  // As in HTTP/1.1: what the server says counts for more than that it would not listen.
  const auto unsent = co_await stream.write_all(opening);
  std::chrono::steady_clock::time_point answered;
  while (!session.done()) {
    thread_local std::array<char, kReadBytes> buffer;
    // Settings and the like come before the response.
    if (!session.began()) stream.await_answer();
    const auto got = co_await stream.read_some(buffer);
    if (!got) co_return got.error();
    if (*got == 0) {
      if (unsent) co_return unsent;
      co_return Failure{session.began() ? Reason::kClosedTransfer : Reason::kClosedProcessing,
                        "the peer closed the connection"};
    }
    const auto problem = session.take({buffer.data(), *got});
    out.heard = out.heard || session.began();
    if (session.began() && context.phase == Phase::kProcessing) {
      context.add_phase(Phase::kProcessing, stream.answer_time(), hop);
      context.enter(Phase::kTransfer);
      answered = now_monotonic();
    }
    if (problem) co_return problem;
    if (request.on_slice) {
      if (auto stopped = co_await finish_slices(stream, request, out)) co_return stopped;
    }
    if (session.done()) break;
    if (auto failed = co_await stream.write_all(session.output())) co_return failed;
    if (auto over = session.ended()) co_return over;
  }
  context.add_phase(Phase::kTransfer, stream.time_since_answer(answered), hop);
  out.reusable = request.keep_alive && !unsent && session.can_go_on();
  // What the server waits for is said before the next request, if there is one.
  if (out.reusable && co_await stream.write_all(session.output())) out.reusable = false;
  co_return std::nullopt;
}

}  // namespace vedette::net
