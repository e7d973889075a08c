#pragma once

// Servers that misbehave on purpose. Each listens on a port of its own on loopback and treats every connection as the
// test says, on a thread; the destructor ends them all.

#include <openssl/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/certificates.hpp"

namespace vedette::testing {

/// One accepted connection, with blocking calls that end when the server does.
class Peer {
 public:
  Peer(int fd, const std::atomic<bool>& stopping) : fd_(fd), stopping_(stopping) {}
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Turns into the server side of TLS; false when the handshake fails.
  bool accept_tls(SSL_CTX* context);
  /// Reads until `end` was seen or the other side closed; returns all of it.
  std::string read_until(std::string_view end);
  std::string read_bytes(std::size_t count);
  /// One TLS record, such as the ClientHello: whoever closes with bytes unread resets.
  std::string read_record();
  bool write(std::string_view data);
  /// Does nothing until the test is over: the other side's deadline must strike.
  void stall() const;
  /// Closes with a RST.
  void reset();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  const std::atomic<bool>& stopping_;
  SSL* ssl_ = nullptr;
};

class FaultServer {
 public:
  using Behaviour = std::function<void(Peer&)>;

  explicit FaultServer(Behaviour behaviour);
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_loop();

  Behaviour behaviour_;
  std::uint16_t port_ = 0;
  int listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A UDP server: gets each datagram, returns what to send back (in this order).
class DatagramServer {
 public:
  using Behaviour = std::function<std::vector<std::string>(const std::string&)>;

  explicit DatagramServer(Behaviour behaviour);
  ~DatagramServer();
  DatagramServer(const DatagramServer&) = delete;
  DatagramServer& operator=(const DatagramServer&) = delete;

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Behaviour behaviour_;
  std::uint16_t port_ = 0;
  int socket_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// A server context with `identity`; `client_ca` (PEM) makes it demand client certificates.
std::shared_ptr<SSL_CTX> server_context(const Identity& identity, const std::string& client_ca = "",
                                        int max_version = 0);

/// A port that nothing listens on.
std::uint16_t closed_port();

}  // namespace vedette::testing
