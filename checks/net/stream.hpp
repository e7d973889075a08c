#pragma once

// A TCP connection of one run, with kernel stamps, that may be upgraded to TLS. Used by every kind but HTTP.
// Owned by the run's coroutine on the shard's thread. Every wait ends with reason `cancelled` as soon as the run is
// stopped; the run turns that into a timeout in its phase when the deadline was the cause.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "checks/kind.hpp"
#include "checks/net/address.hpp"
#include "checks/net/clock.hpp"
#include "checks/net/socket.hpp"
#include "checks/net/tls_profile.hpp"
#include "checks/net/tls_verify.hpp"

namespace vedette::net {

struct HandshakeOptions {
  std::string name;  ///< SNI (unless an address) and the name to verify
  std::vector<std::string> alpn;
  bool lenient = false;  ///< complete the handshake even when verification fails (TlsRecord::lenient)
};

class Stream {
 public:
  /// `context` outlives the stream; the stream sets its phase as it goes.
  explicit Stream(RunContext& context);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// `talks`: something will be read or written. A connection that is only opened needs less of the kernel.
  boost::asio::awaitable<Problem> connect(boost::asio::ip::address address, std::uint16_t port,
                                          const AddressSettings& settings, bool talks = true);
  /// Turns the connection into TLS. Verification errors fail unless the profile or the options are lenient.
  boost::asio::awaitable<Problem> handshake(TlsMaterialPtr material, HandshakeOptions options);

  /// At least one byte, or 0 at the end of the stream.
  boost::asio::awaitable<tl::expected<std::size_t, Failure>> read_some(std::span<char> buffer);
  boost::asio::awaitable<Problem> write_all(std::string_view data);

  /// `address:port` of the peer; empty before connect().
  [[nodiscard]] std::string peer() const;
  /// What the SYN's round trip took, by the kernel's own measurement where it has one.
  [[nodiscard]] Duration connect_time() const { return connect_time_; }
  /// From the first byte of the handshake to the arrival of the peer's last.
  [[nodiscard]] Duration tls_time() const { return tls_time_; }
  /// When the newest byte that was read had arrived; zero when the kernel does not tell.
  [[nodiscard]] Stamp last_arrival() const { return last_arrival_; }
  [[nodiscard]] const TlsRecord& tls() const { return record_; }

 private:
  friend struct StreamBio;
  struct SslDeleter {
    void operator()(SSL* ssl) const;
  };

  boost::asio::awaitable<Problem> wait(bool for_writing);
  /// Waits for what an SSL call that returned `result` wants; a problem when it is an error instead.
  boost::asio::awaitable<Problem> after_ssl(int result);
  boost::asio::awaitable<Problem> write_some(std::string_view& data);
  [[nodiscard]] Failure ssl_failure(int kind) const;

  Socket socket_;
  std::optional<std::pair<boost::asio::ip::address, std::uint16_t>> peer_;
  RunContext& context_;
  TlsMaterialPtr material_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  TlsRecord record_;
  Duration connect_time_{};
  Duration tls_time_{};
  Stamp last_arrival_{};
  int last_errno_ = 0;  ///< of the transport under TLS
  bool ended_ = false;  ///< the transport under TLS has ended
};

/// How far a connection has come, by TCP_INFO.
struct ConnectState {
  bool connected = false;
  Duration took{};  ///< the SYN's round trip; the user clock's when that is smaller or the SYN was sent again
};
ConnectState connect_state_of(int fd, Duration user_clock);

}  // namespace vedette::net
