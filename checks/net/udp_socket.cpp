#include "checks/net/udp_socket.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "checks/net/errors.hpp"

namespace vedette::net {

namespace asio = boost::asio;
using asio::ip::udp;

UdpSocket::UdpSocket(const asio::any_io_executor& executor, RunContext& context)
    : socket_(executor), context_(context) {}

Problem UdpSocket::connect(const asio::ip::address& address, std::uint16_t port, const AddressSettings& settings) {
  boost::system::error_code error;
  const udp::endpoint endpoint(address, port);
  socket_.open(endpoint.protocol(), error);
  if (error) return Failure{Reason::kLocalResources, error.message()};
  socket_.non_blocking(true, error);
  enable_stamps(socket_.native_handle());
  if (settings.source) {
    if (settings.source->is_v4() != address.is_v4()) {
      return Failure{Reason::kSourceAddress, fmt::format("source address {} and target {} are of different families",
                                                         settings.source->to_string(), address.to_string())};
    }
    socket_.bind(udp::endpoint(*settings.source, 0), error);
    if (error) {
      return Failure{Reason::kSourceAddress,
                     fmt::format("source address {}: {}", settings.source->to_string(), error.message())};
    }
  }
  socket_.connect(endpoint, error);
  if (error) return failure_of(error, Phase::kConnect);
  return std::nullopt;
}

Problem UdpSocket::send(std::string_view datagram) {
  if (::send(socket_.native_handle(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0) return std::nullopt;
  return failure_of(errno, Phase::kRequest);
}

asio::awaitable<tl::expected<std::string, Failure>> UdpSocket::receive(std::size_t limit) {
  while (!context_.stopped) {
    std::string buffer(limit, '\0');
    const auto got = receive_stamped(socket_.native_handle(), buffer.data(), buffer.size(), last_arrival_);
    if (got >= 0) {
      buffer.resize(static_cast<std::size_t>(got));
      co_return buffer;
    }
    if (errno == ECONNREFUSED) {
      // ICMP port unreachable came back.
      co_return tl::make_unexpected(Failure{Reason::kConnectRefused, "nothing listens at the port"});
    }
    if (errno != EAGAIN && errno != EINTR) co_return tl::make_unexpected(failure_of(errno, Phase::kRequest));
    const auto [error] = co_await socket_.async_wait(udp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error) co_return tl::make_unexpected(failure_of(error, Phase::kRequest));
  }
  co_return tl::make_unexpected(cancelled());
}

}  // namespace vedette::net
