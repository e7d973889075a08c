#pragma once

// Sockets, raw and edge-triggered: one call to the kernel to register, none to forget. Asio's cost a call for
// each wait and two to be made. Everything on the shard's thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.hpp"
#include "net/addresses/address.hpp"
#include "net/io/egress.hpp"
#include "net/io/epoll_set.hpp"
#include "net/io/event.hpp"

namespace vedette::net {

using Problem = std::optional<Failure>;

class Socket;

/// Tells the sockets of a shard what the kernel says of them.
class SocketSet {
 public:
  explicit SocketSet(const boost::asio::any_io_executor& executor);
  ~SocketSet();
  SocketSet(const SocketSet&) = delete;
  SocketSet& operator=(const SocketSet&) = delete;

  /// Where sockets may be connected to.
  [[nodiscard]] const EgressPolicy& egress() const { return *egress_; }
  void set_egress(std::shared_ptr<const EgressPolicy> policy) { egress_ = std::move(policy); }

 private:
  friend class Socket;

  /// UDP sockets that wait to be used again, already stamped and watched: a third of a DNS check's cost was to make
  /// and close one. They are not connected, so that each use draws a new port and nobody can answer to an old one.
  std::vector<int>& idle(bool v6) { return v6 ? idle_v6_ : idle_v4_; }

  std::shared_ptr<const EgressPolicy> egress_ = std::make_shared<const EgressPolicy>();
  std::vector<int> idle_v4_;
  std::vector<int> idle_v6_;
  boost::asio::any_io_executor executor_;
  std::vector<Socket*> by_fd_;
  EpollSet set_;
};

enum class Transport { kTcp, kUdp, kIcmp };

/// What comes after a socket has been connected; the kernel is asked for no more than that needs.
enum class Opening {
  kNothing,  ///< it was only to be seen whether it can be connected
  kListens,  ///< the peer speaks first
  kSpeaks,   ///< we do, at once
};

/// One socket; closed, or kept to be used again, with the object.
class Socket {
 public:
  explicit Socket(SocketSet& set) : set_(set), readable_(set.executor_), writable_(set.executor_) {}
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Makes the socket, binds it to the settings' source when there is one, and begins to connect it. UDP sockets are
  /// connected at once; TCP sockets may be, or are writable when it has been decided.
  Problem connect(Transport transport, const Endpoint& to, const AddressSettings& settings, Opening opening);
  /// Connects to the Unix socket at `path`; done when it returns.
  Problem connect(const std::string& path);

  /// Return at once when the kernel has said so since the last call, which may be out of date: try, and wait again.
  /// False when the waiting coroutine was cancelled.
  boost::asio::awaitable<bool> readable();
  boost::asio::awaitable<bool> writable();
  /// Whether readable() or writable() would return at once.
  [[nodiscard]] bool has_news(bool for_writing) const {
    return for_writing ? writable_.notified() : readable_.notified();
  }
  /// Has readable() return at once: after a read that may have left something.
  void try_again() { readable_.notify(); }

  [[nodiscard]] int fd() const { return fd_; }

 private:
  friend class SocketSet;

  Problem open(Transport transport, bool v6, Opening opening);
  /// Makes the descriptor's events ours.
  void enlist();
  /// Gives a UDP socket back; false when it is to be closed.
  bool keep() const;
  void ready(std::uint32_t events);
  /// Has the kernel tell of `events`. A socket that never waits costs no call.
  void watch(std::uint32_t events);

  SocketSet& set_;
  int fd_ = -1;
  std::uint32_t watched_ = 0;
  bool reusable_ = false;
  bool v6_ = false;
  Event readable_;
  Event writable_;
};

}  // namespace vedette::net
