#include "net/stream/stream.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "net/addresses/target.hpp"
#include "net/io/errors.hpp"
#include "net/io/flood.hpp"
#include "net/io/services.hpp"
#include "net/io/turn.hpp"
#include "net/tls/tls_name.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

/// How often TLS reads its transport before the loop must turn: OpenSSL takes records without payload in a loop of its
/// own, which ends when there is nothing to read.
constexpr int kMaxTransportReads = 64;

/// ALPN's wire form: each name behind its length.
std::string alpn_wire(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    out += static_cast<char>(name.size());
    out += name;
  }
  return out;
}

std::string openssl_text() {
  const auto code = ERR_peek_last_error();
  if (code == 0) return "the handshake failed";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:x}", code);
}

}  // namespace

/// The transport under TLS: the socket, read with stamps.
struct StreamBio {
  static int read(BIO* bio, char* data, int size) noexcept {
    auto* stream = static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (stream->silent_bytes_ > kMaxSilentBytes) return -1;
    stream->rests_ = ++stream->transport_reads_ > kMaxTransportReads;
    if (stream->rests_) {
      BIO_set_retry_read(bio);
      return -1;
    }
    Stamp stamp{};
    const auto got = receive_stamped(stream->socket_.fd(), data, static_cast<std::size_t>(size), stamp);
    if (got > 0 && came_too_late(*stream->context_, stamp)) {
      // It is not listened to any more, and the run is stopped in a moment.
      BIO_set_retry_read(bio);
      return -1;
    }
    if (got > 0) {
      stream->silent_bytes_ += static_cast<std::size_t>(got);
      if (stamp != Stamp::zero()) stream->last_arrival_ = stamp;
      if (stream->first_arrival_ == Stamp::zero()) stream->first_arrival_ = stamp;
      return static_cast<int>(got);
    }
    if (got == 0) {
      stream->ended_ = true;
      return 0;
    }
    note_error(bio, stream, BIO_FLAGS_READ);
    return -1;
  }

  static int write(BIO* bio, const char* data, int size) noexcept {
    auto* stream = static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (!stream->leaving_) stream->note_asked();
    const auto sent = ::send(stream->socket_.fd(), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0) note_error(bio, stream, BIO_FLAGS_WRITE);
    return static_cast<int>(sent);
  }

  static void note_error(BIO* bio, Stream* stream, int direction) noexcept {
    if (errno == EAGAIN || errno == EINTR) {
      BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
    } else {
      stream->last_errno_ = errno;
    }
  }

  static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) noexcept {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static BIO_METHOD* const instance = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "vedette stream");
      BIO_meth_set_read(made, &StreamBio::read);
      BIO_meth_set_write(made, &StreamBio::write);
      BIO_meth_set_ctrl(made, &StreamBio::control);
      return made;
    }();
    return instance;
  }
};

void Stream::SslDeleter::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Stream::Stream(Activity& context) : socket_(context.services.sockets), context_(&context) {}

Stream::~Stream() {
  // A peer that only sees the connection end takes it for cut off, and says so in its log (RFC 8446 section 6.1). What
  // it answers, nobody waits for.
  leaving_ = true;
  const bool broken = ended_ || last_errno_ != 0 || socket_.fd() < 0;
  for (auto* ssl : {ssl_.get(), carrier_ ? carrier_->ssl.get() : nullptr}) {
    if (broken || ssl == nullptr || SSL_is_init_finished(ssl) == 0) continue;
    SSL_shutdown(ssl);
    ERR_clear_error();
  }
}

std::string Stream::peer() const {
  return peer_ ? join_host_port(peer_->first.to_string(), peer_->second) : std::string();
}

ConnectState connect_state_of(int fd, Duration user_clock) {
  constexpr int kEstablished = 1;  // TCP_ESTABLISHED in the kernel's numbering
  constexpr int kCloseWait = 8;    // TCP_CLOSE_WAIT
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
  if (info.tcpi_state != kEstablished && info.tcpi_state != kCloseWait) return {};
  // A SYN that had to be sent again makes users wait: the round trip of the last one is not the truth then.
  if (info.tcpi_total_retrans > 0 || info.tcpi_rtt == 0) return {true, user_clock};
  return {true, std::min<Duration>(user_clock, std::chrono::microseconds(info.tcpi_rtt))};
}

bool Stream::is_silent() const {
  char byte = 0;
  return ::recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<Problem> Stream::connect(Endpoint to, const AddressSettings& settings, Opening opening) {
  context_->enter(Phase::kConnect);
  peer_.emplace(to.address, to.port);
  if (context_->stopped || context_->overdue) co_return cancelled();
  const auto began = now_monotonic();
  auto problem = socket_.connect(Transport::kTcp, to, settings, opening);
  ConnectState state;
  // Requests that go out together find the peer awake: over loopback half a run's cost is to wake it up.
  if (!problem && opening == Opening::kSpeaks && !co_await socket_.writable()) co_return cancelled();
  while (!problem) {
    // Over loopback the handshake is done when connect() returns.
    state = connect_state_of(socket_.fd(), now_monotonic() - began);
    if (state.connected) break;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      problem = failure_of(error, Phase::kConnect);
    } else if (!co_await socket_.writable()) {
      co_return cancelled();
    }
  }
  if (problem) {
    const bool own = info_of(problem->reason).verdict == Verdict::kUnknown;
    if (!own) problem->message = fmt::format("{}: {}", peer(), problem->message);
    co_return problem;
  }
  connect_time_ = state.took;
  local_ = local_endpoint_of(socket_.fd());
  context_->timings.local_port = local_.second;
  context_->log([address = to.address, port = to.port, taken = connect_time_] {
    return fmt::format("connected to {} in {:.3f} ms", join_host_port(address.to_string(), port), seconds(taken) * 1e3);
  });
  co_return std::nullopt;
}

Problem Stream::connect(const std::string& path) {
  context_->enter(Phase::kConnect);
  if (context_->stopped || context_->overdue) return cancelled();
  const auto began = now_monotonic();
  auto problem = socket_.connect(path);
  connect_time_ = now_monotonic() - began;
  if (problem) problem->message = fmt::format("{}: {}", path, problem->message);
  return problem;
}

/// Packets are acknowledged together with what is sent next (Socket::open). A peer that writes its answer in pieces may
/// wait for that before it sends the next (Nagle's algorithm), and the delay of some 40 ms would be taken for its own.
void Stream::acknowledge() {
  if (acknowledged_ || first_arrival_ == Stamp::zero()) return;
  acknowledged_ = true;
  const int on = 1;
  ::setsockopt(socket_.fd(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

asio::awaitable<Problem> Stream::take_turn() {
  if (context_->stopped || !co_await let_others(*context_)) co_return cancelled();
  co_return std::nullopt;
}

asio::awaitable<Problem> Stream::wait(bool for_writing) {
  if (!for_writing) acknowledge();
  const bool sleeps = !socket_.has_news(for_writing);
  const bool ready = for_writing ? co_await socket_.writable() : co_await socket_.readable();
  if (sleeps) context_->slice.restart();
  if (!ready || context_->stopped) co_return cancelled();
  co_return std::nullopt;
}

Failure Stream::ssl_failure(int kind) const {
  if (silent_bytes_ > kMaxSilentBytes) return flood(kMaxSilentBytes, "bytes of TLS records without payload");
  // Why the peer goes counts for more than that it went.
  if (record_.alert_received > 0) return handshake_failure(record_, openssl_text());
  if (last_errno_ != 0) return failure_of(last_errno_, context_->phase);
  if (kind == SSL_ERROR_SSL && record_.alert_received < 0 && !record_.lenient) {
    if (auto failure = verification_failure(record_)) return *failure;
  }
  const bool alerted = record_.alert_received >= 0 || record_.alert_sent >= 0;
  if (ended_ && !alerted) return {closed_in(context_->phase), "the peer closed the connection"};
  return handshake_failure(record_, openssl_text());
}

asio::awaitable<Problem> Stream::after_ssl(int result) {
  const int kind = SSL_get_error(ssl_.get(), result);
  const bool rests = std::exchange(rests_, false);
  transport_reads_ = 0;
  if (kind == SSL_ERROR_WANT_READ && rests) co_return co_await take_turn();
  if (kind == SSL_ERROR_WANT_READ) co_return co_await wait(false);
  if (kind == SSL_ERROR_WANT_WRITE) co_return co_await wait(true);
  auto failure = ssl_failure(kind);
  ERR_clear_error();
  co_return failure;
}

BIO* Stream::transport() {
  if (carrier_) {
    BIO* bio = BIO_new(BIO_f_ssl());
    BIO_set_ssl(bio, carrier_->ssl.get(), BIO_NOCLOSE);
    return bio;
  }
  BIO* bio = BIO_new(StreamBio::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

asio::awaitable<Problem> Stream::handshake(TlsMaterialPtr material, HandshakeOptions options) {
  context_->enter(Phase::kTls);
  if (ssl_) {
    carrier_ = std::make_unique<Carrier>(Carrier{std::move(material_), std::move(ssl_), std::move(record_)});
    attach_record(carrier_->ssl.get(), &carrier_->record);
  }
  material_ = std::move(material);
  ssl_.reset(SSL_new(material_->context()));
  if (!ssl_) co_return Failure{Reason::kLocalResources, "no memory for a TLS session"};
  record_ = TlsRecord{};
  record_.lenient = options.lenient || !material_->verifies();
  // A name may be absolute: the dot at its end belongs to the DNS (RFC 6066 section 3).
  if (options.name.ends_with('.')) options.name.pop_back();
  options.name = ascii_host(options.name.substr(0, options.name.find('%'))).value_or(options.name);
  record_.name = options.name;
  attach_record(ssl_.get(), &record_);
  BIO* bio = transport();
  SSL_set_bio(ssl_.get(), bio, bio);
  if (!is_address(options.name)) SSL_set_tlsext_host_name(ssl_.get(), options.name.c_str());
  expect_name(SSL_get0_param(ssl_.get()), options.name);
  if (!options.alpn.empty()) {
    const auto wire = alpn_wire(options.alpn);
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(wire.data()),
                        static_cast<unsigned int>(wire.size()));
  }

  // A session ticket comes after the handshake and is not what is awaited.
  record_.on_ticket = [this] { first_arrival_ = {}; };
  stop_delay(0);
  ask();
  last_arrival_ = {};
  silent_bytes_ = 0;
  ERR_clear_error();
  for (int result = SSL_connect(ssl_.get()); result != 1; result = SSL_connect(ssl_.get())) {
    if (auto problem = co_await after_ssl(result)) {
      if (!record_.errors.empty()) tls_time_ = elapsed(*context_, asked_, last_arrival_);
      co_return problem;
    }
    ERR_clear_error();
  }
  tls_time_ = elapsed(*context_, asked_, last_arrival_);
  context_->log([taken = tls_time_] { return fmt::format("TLS handshake done in {:.3f} ms", seconds(taken) * 1e3); });
  const bool matters = !options.lenient && material_->verifies();
  if (matters) co_return verification_failure(record_);
  co_return std::nullopt;
}

void Stream::ask() {
  acknowledged_ = false;
  asked_ = {};
  first_arrival_ = {};
  peeks_ = !ssl_;
}

void Stream::note_asked() {
  if (asked_.stamp == Stamp::zero()) asked_ = Moment::now();
}

asio::awaitable<tl::expected<std::size_t, Failure>> Stream::read_some(std::span<char> buffer) {
  while (true) {
    if (must_turn()) {
      if (auto problem = co_await take_turn()) co_return tl::make_unexpected(*problem);
    }
    if (ssl_) {
      ERR_clear_error();
      last_errno_ = 0;
      transport_reads_ = 0;
      const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (got > 0) {
        silent_bytes_ = 0;
        co_return static_cast<std::size_t>(got);
      }
      if (SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN || (ended_ && last_errno_ == 0)) {
        ERR_clear_error();
        co_return 0U;
      }
      if (auto problem = co_await after_ssl(got)) co_return tl::make_unexpected(*problem);
      continue;
    }
    if (peeks_) {
      // Nothing can have been read of what is awaited, so that the kernel will tell of it.
      if (auto problem = co_await wait(false)) co_return tl::make_unexpected(*problem);
    }
    const auto got = receive(buffer);
    if (got > 0 && came_too_late(*context_, last_arrival_)) co_return tl::make_unexpected(cancelled());
    if (got >= 0) co_return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EINTR) co_return tl::make_unexpected(failure_of(errno, context_->phase));
    if (errno == EINTR || peeks_) continue;
    if (auto problem = co_await wait(false)) co_return tl::make_unexpected(*problem);
  }
}

ssize_t Stream::receive(std::span<char> buffer) {
  char byte = 0;
  if (peeks_ && receive_stamped(socket_.fd(), &byte, 1, first_arrival_, MSG_PEEK) < 0) return -1;
  Stamp stamp{};
  const auto got = receive_stamped(socket_.fd(), buffer.data(), buffer.size(), stamp);
  if (got < 0) return got;
  if (stamp != Stamp::zero()) last_arrival_ = stamp;
  peeks_ = false;
  return got;
}

/// A first packet goes at once anyhow; what follows must not wait for its acknowledgement.
void Stream::stop_delay(std::size_t size) {
  constexpr std::size_t kSurelyOnePacket = 1000;
  if (undelayed_ || (!wrote_ && !ssl_ && size <= kSurelyOnePacket)) {
    wrote_ = true;
    return;
  }
  undelayed_ = true;
  const int on = 1;
  ::setsockopt(socket_.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

asio::awaitable<Problem> Stream::write_some(std::string_view& data) {
  if (ssl_) {
    ERR_clear_error();
    const int sent = SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
    if (sent <= 0) co_return co_await after_ssl(sent);
    data.remove_prefix(static_cast<std::size_t>(sent));
    co_return std::nullopt;
  }
  stop_delay(data.size());
  note_asked();
  const auto sent = ::send(socket_.fd(), data.data(), data.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    data.remove_prefix(static_cast<std::size_t>(sent));
    co_return std::nullopt;
  }
  if (errno == EINTR) co_return std::nullopt;
  if (errno != EAGAIN) co_return failure_of(errno, context_->phase);
  co_return co_await wait(true);
}

asio::awaitable<Problem> Stream::write_all(std::string_view data) {
  if (context_->stopped) co_return cancelled();
  while (!data.empty()) {
    if (auto problem = co_await write_some(data)) co_return problem;
    // What is sent at once, as most is, needs no look at the clock.
    if (data.empty() || !must_turn()) continue;
    if (auto problem = co_await take_turn()) co_return problem;
  }
  co_return std::nullopt;
}

}  // namespace vedette::net
