#include "net/io/udp_socket.hpp"

#include <array>
#include <cerrno>

#include "net/io/errors.hpp"
#include "net/io/moment.hpp"
#include "net/io/services.hpp"
#include "net/io/turn.hpp"

namespace vedette::net {

namespace asio = boost::asio;

UdpSocket::UdpSocket(Activity& context) : socket_(context.services.sockets), context_(context) {}

Problem UdpSocket::connect(const Endpoint& to, const AddressSettings& settings) {
  if (auto problem = socket_.connect(Transport::kUdp, to, settings, Opening::kSpeaks)) return problem;
  context_.timings.local_port = local_endpoint_of(socket_.fd()).second;
  return std::nullopt;
}

Problem UdpSocket::send(std::string_view datagram) {
  if (::send(socket_.fd(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) return std::nullopt;
  return failure_of(errno, Phase::kRequest);
}

asio::awaitable<tl::expected<std::string_view, Failure>> UdpSocket::receive() {
  constexpr std::size_t kMaxDatagram = 65535;
  thread_local std::array<char, kMaxDatagram> buffer;
  while (!context_.stopped) {
    // A peer that sends without end never makes the run wait.
    if (context_.slice.used_up() && !co_await let_others(context_)) break;
    // What was asked has hardly been answered yet: look when the kernel says so.
    const bool sleeps = !socket_.has_news(false);
    if (!co_await socket_.readable()) break;
    if (sleeps) context_.slice.restart();
    const auto got = receive_stamped(socket_.fd(), buffer.data(), buffer.size(), last_arrival_);
    if (got >= 0) {
      if (came_too_late(context_, last_arrival_)) break;
      socket_.try_again();  // more may have come with it
      co_return std::string_view(buffer.data(), static_cast<std::size_t>(got));
    }
    if (errno == ECONNREFUSED) {
      // ICMP port unreachable came back.
      co_return tl::make_unexpected(Failure{Reason::kConnectRefused, "nothing listens at the port"});
    }
    if (errno != EAGAIN && errno != EINTR) co_return tl::make_unexpected(failure_of(errno, Phase::kRequest));
  }
  co_return tl::make_unexpected(cancelled());
}

}  // namespace vedette::net
