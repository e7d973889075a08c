#pragma once

// A TCP connection (or one to a Unix socket) of one activity, with kernel stamps, that may be upgraded to TLS. On the
// loop's thread. Every wait ends with reason `cancelled` as soon as the activity is stopped; a run turns that into a
// timeout in its phase when the deadline was the cause.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "net/addresses/address.hpp"
#include "net/io/activity.hpp"
#include "net/io/moment.hpp"
#include "net/io/socket.hpp"
#include "net/tls/tls_profile.hpp"
#include "net/tls/tls_verify.hpp"

namespace vedette::net {

struct HandshakeOptions {
  std::string name;  ///< SNI (unless an address) and the name to verify
  std::vector<std::string> alpn;
  bool lenient = false;  ///< complete the handshake even when verification fails (TlsRecord::lenient)
};

class Stream {
 public:
  /// `context` outlives the stream; the stream sets its phase as it goes.
  explicit Stream(Activity& context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Has the stream work for `context` from now on, which outlives it or its next rebind().
  void rebind(Activity& context) { context_ = &context; }
  /// Whether the connection is open and nothing has come that was not read.
  [[nodiscard]] bool is_silent() const;

  boost::asio::awaitable<Problem> connect(Endpoint to, const AddressSettings& settings, Opening opening);
  /// The same to the Unix socket at `path`.
  Problem connect(const std::string& path);
  /// Turns the connection into TLS. Verification errors fail unless the profile or the options are lenient. A second
  /// time, the new session goes through that of before, as to a server behind a proxy that is spoken to over TLS.
  boost::asio::awaitable<Problem> handshake(TlsMaterialPtr material, HandshakeOptions options);

  /// At least one byte, or 0 at the end of the stream.
  boost::asio::awaitable<tl::expected<std::size_t, Failure>> read_some(std::span<char> buffer);
  boost::asio::awaitable<Problem> write_all(std::string_view data);

  /// Whether the activity has been stopped, or has worked so long that others should have their turn. Reads and writes
  /// ask that themselves; who works on what was read asks before each portion.
  [[nodiscard]] bool must_turn() const { return context_->stopped || context_->slice.used_up(); }
  /// Lets others have their turn; a problem when the activity is stopped.
  boost::asio::awaitable<Problem> take_turn();

  /// The next byte that is sent asks, and the next that comes answers: answer_time() will be between the two.
  void ask();
  /// What has come so far was no answer.
  void await_answer() { first_arrival_ = {}; }
  /// From the moment before the first byte was sent to the arrival of the first that came; over TLS to that of the
  /// record that it came in, session tickets not counted.
  [[nodiscard]] Duration answer_time() const { return elapsed(*context_, asked_, first_arrival_); }
  /// From the arrival of the first byte of the answer to that of the newest.
  [[nodiscard]] Duration time_since_answer(std::chrono::steady_clock::time_point answered) const {
    return elapsed(*context_, {first_arrival_, answered}, last_arrival_);
  }

  /// `address:port` of the peer; empty before connect().
  [[nodiscard]] std::string peer() const;
  /// The address alone.
  [[nodiscard]] std::string peer_address() const { return peer_ ? peer_->first.to_string() : std::string(); }
  /// What the SYN's round trip took, by the kernel's own measurement where it has one.
  [[nodiscard]] Duration connect_time() const { return connect_time_; }
  [[nodiscard]] const LocalEndpoint& local() const { return local_; }
  /// From the first byte of the handshake to the arrival of the peer's last; zero when it did not get that far.
  [[nodiscard]] Duration tls_time() const { return tls_time_; }
  /// When the newest byte that was read had arrived; zero when the kernel does not tell.
  [[nodiscard]] Stamp last_arrival() const { return last_arrival_; }
  [[nodiscard]] const TlsRecord& tls() const { return record_; }
  [[nodiscard]] Activity& context() const { return *context_; }

 private:
  friend struct StreamBio;
  struct SslDeleter {
    void operator()(SSL* ssl) const;
  };

  void acknowledge();
  boost::asio::awaitable<Problem> wait(bool for_writing);
  /// What the session reads from and writes to: the socket, or the session that was there before.
  BIO* transport();
  void note_asked();
  void stop_delay(std::size_t size);
  /// recv() without TLS, with stamps.
  ssize_t receive(std::span<char> buffer);
  /// Waits for what an SSL call that returned `result` wants; a problem when it is an error instead.
  boost::asio::awaitable<Problem> after_ssl(int result);
  boost::asio::awaitable<Problem> write_some(std::string_view& data);
  [[nodiscard]] Failure ssl_failure(int kind) const;

  Socket socket_;
  std::optional<std::pair<boost::asio::ip::address, std::uint16_t>> peer_;
  Activity* context_;
  /// A session that another one goes through.
  struct Carrier {
    TlsMaterialPtr material;
    std::unique_ptr<SSL, SslDeleter> ssl;
    TlsRecord record;
  };
  std::unique_ptr<Carrier> carrier_;
  TlsMaterialPtr material_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  Moment asked_;  ///< the first byte since ask() was about to be sent
  TlsRecord record_;
  Duration connect_time_{};
  Duration tls_time_{};
  LocalEndpoint local_;
  bool wrote_ = false;
  bool undelayed_ = false;
  bool acknowledged_ = false;  ///< what has come of the answer was
  bool peeks_ = false;         ///< the next read finds out when its first byte came
  Stamp first_arrival_{};
  Stamp last_arrival_{};
  int last_errno_ = 0;            ///< of the transport under TLS
  bool ended_ = false;            ///< the transport under TLS has ended
  std::size_t silent_bytes_ = 0;  ///< of TLS records since the last that brought payload
  int transport_reads_ = 0;       ///< under TLS, since the loop turned
  bool leaving_ = false;          ///< there may be no run any more
  bool rests_ = false;            ///< the transport has said to come back in the loop's next turn
};

/// How far a connection has come, by TCP_INFO.
struct ConnectState {
  bool connected = false;
  Duration took{};  ///< the SYN's round trip; the user clock's when that is smaller or the SYN was sent again
};
ConnectState connect_state_of(int fd, Duration user_clock);

}  // namespace vedette::net
