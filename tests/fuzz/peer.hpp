#pragma once

// A server for fuzzers: it listens on a TCP port of loopback and says to each client what the input holds, in pieces.
// It lives on the loop of the client's run. What is sent over loopback arrives within a few turns of the loop, so the
// peer counts its patience in turns and an input that stalls costs no time.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/input.hpp"

namespace vedette::fuzz {

/// How the peer speaks.
struct Manner {
  bool listens = false;   ///< waits for the client's first bytes
  bool resets = false;    ///< ends the connection with a RST instead of a FIN
  std::size_t piece = 0;  ///< bytes that are sent at a time; zero: all of them

  /// The first two bytes of `input`: flags, and the size of a piece.
  static Manner take(Input& input);
};

/// One after the other; before each but the first, the peer waits for the client to speak, as long as it has patience.
using Words = std::vector<std::string>;

/// What the peer says to a client that has said `heard`; nothing while the client has to say more. It is asked again
/// and again for each connection until there is something.
using Speech = std::function<std::optional<Words>(std::string_view heard)>;

class Peer {
 public:
  /// The loop outlives the peer.
  explicit Peer(boost::asio::io_context& loop);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// What clients are told from now on. `speech` stays valid until the peer has hung up and is idle.
  void play(const Manner& manner, const Speech& speech);
  /// Closes all connections. The peer is idle after some turns of the loop.
  void hang_up();
  [[nodiscard]] bool idle() const { return connections_.empty(); }

 private:
  using Connections = std::list<boost::asio::ip::tcp::socket>;

  boost::asio::awaitable<void> accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  Connections connections_;
  Manner manner_;
  const Speech* speech_ = nullptr;
};

/// Lets everybody else on the loop have `count` turns.
boost::asio::awaitable<void> give_turns(int count);

/// Sends `text` in pieces, with turns of the loop in between; false when the other side is gone.
boost::asio::awaitable<bool> send_in_pieces(boost::asio::ip::tcp::socket& socket, std::size_t piece,
                                            std::string_view text);

/// Has closing the socket send a RST, which leaves nothing behind in the kernel.
void abandon(boost::asio::ip::tcp::socket& socket);

}  // namespace vedette::fuzz
