#include "tests/fuzz/peer.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>

namespace vedette::fuzz {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// Turns until what was sent has been read: those of two nested epoll sets, and of the coroutine that reads.
constexpr int kTurnsToArrive = 6;
/// Turns until somebody who has not spoken will not.
constexpr int kPeerPatience = 24;
/// What is left after so many pieces goes in one.
constexpr int kMaxPieces = 64;

/// Appends what the client has said by now; false when it has closed.
bool hear(tcp::socket& socket, std::string& heard) {
  std::array<char, 4096> chunk{};
  while (true) {
    error_code error;
    const auto got = socket.read_some(asio::buffer(chunk), error);
    if (error) return error == asio::error::would_block || error == asio::error::try_again;
    heard.append(chunk.data(), got);
  }
}

/// Waits until the client has said more than `heard`, as long as there is patience; false when it has closed.
asio::awaitable<bool> hear_more(tcp::socket& socket, std::string& heard) {
  const auto before = heard.size();
  for (int turn = 0; turn < kPeerPatience && heard.size() == before; ++turn) {
    if (!hear(socket, heard)) co_return false;
    co_await give_turns(1);
  }
  co_return true;
}

/// What is to be said; nothing when the client does not say what it takes.
asio::awaitable<std::optional<Words>> find_words(tcp::socket& socket, const Manner& manner, const Speech& speech,
                                                 std::string& heard) {
  if (manner.listens && !co_await hear_more(socket, heard)) co_return std::nullopt;
  for (int turn = 0; turn < kPeerPatience; ++turn) {
    if (auto words = speech(heard)) co_return words;
    if (!hear(socket, heard)) co_return std::nullopt;
    co_await give_turns(1);
  }
  co_return std::nullopt;
}

asio::awaitable<void> speak(tcp::socket& socket, const Manner& manner, const Speech& speech) {
  std::string heard;
  const auto words = co_await find_words(socket, manner, speech, heard);
  if (!words) co_return;
  for (std::size_t i = 0; i < words->size(); ++i) {
    if (i > 0 && !co_await hear_more(socket, heard)) co_return;
    if (!co_await send_in_pieces(socket, manner.piece, (*words)[i])) co_return;
    if (!hear(socket, heard)) co_return;
  }
}

asio::awaitable<void> serve(tcp::socket& socket, Manner manner, const Speech& speech) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  co_await speak(socket, manner, speech);
  if (manner.resets) {
    abandon(socket);
    co_return;
  }
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  // To close with something unread would be a reset.
  std::array<char, 4096> chunk{};
  while (socket.is_open()) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(chunk), kTuple);
    if (error) co_return;
  }
}

}  // namespace

Manner Manner::take(Input& input) {
  const auto flags = input.byte();
  return {(flags & 1U) != 0, (flags & 2U) != 0, input.byte()};
}

asio::awaitable<void> give_turns(int count) {
  const auto executor = co_await asio::this_coro::executor;
  for (int i = 0; i < count; ++i) co_await asio::post(executor, asio::use_awaitable);
}

asio::awaitable<bool> send_in_pieces(tcp::socket& socket, std::size_t piece, std::string_view text) {
  for (int pieces = 0; !text.empty(); ++pieces) {
    const bool cut = piece != 0 && pieces < kMaxPieces;
    const auto part = text.substr(0, cut ? piece : text.size());
    text.remove_prefix(part.size());
    const auto [error, size] = co_await asio::async_write(socket, asio::buffer(part), kTuple);
    if (error) co_return false;
    co_await give_turns(kTurnsToArrive);
  }
  co_return true;
}

void abandon(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(tcp::socket::linger(true, 0), ignored);
  socket.close(ignored);
}

Peer::Peer(asio::io_context& loop) : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  asio::co_spawn(loop, accept(), asio::detached);
}

void Peer::play(const Manner& manner, const Speech& speech) {
  manner_ = manner;
  speech_ = &speech;
}

void Peer::hang_up() {
  speech_ = nullptr;
  for (auto& socket : connections_) abandon(socket);
}

asio::awaitable<void> Peer::accept() {
  while (true) {
    auto [error, socket] = co_await acceptor_.async_accept(kTuple);
    if (error == asio::error::operation_aborted) co_return;
    // Nobody speaks to who comes after its run has ended.
    if (error || speech_ == nullptr) continue;
    connections_.push_back(std::move(socket));
    const auto at = std::prev(connections_.end());
    asio::co_spawn(acceptor_.get_executor(), serve(*at, manner_, *speech_),
                   [this, at](const std::exception_ptr& defect) {
                     connections_.erase(at);
                     if (defect) std::rethrow_exception(defect);
                   });
  }
}

}  // namespace vedette::fuzz
