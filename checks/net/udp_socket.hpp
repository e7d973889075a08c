#pragma once

// A connected UDP socket of one run, with kernel stamps. Same rules as Stream.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/udp.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "checks/kind.hpp"
#include "checks/net/address.hpp"
#include "checks/net/clock.hpp"
#include "checks/net/stream.hpp"

namespace vedette::net {

class UdpSocket {
 public:
  UdpSocket(const boost::asio::any_io_executor& executor, RunContext& context);

  Problem connect(const boost::asio::ip::address& address, std::uint16_t port, const AddressSettings& settings);
  Problem send(std::string_view datagram);
  /// The next datagram, at most `limit` bytes of it.
  boost::asio::awaitable<tl::expected<std::string, Failure>> receive(std::size_t limit);
  [[nodiscard]] Stamp last_arrival() const { return last_arrival_; }

 private:
  boost::asio::ip::udp::socket socket_;
  RunContext& context_;
  Stamp last_arrival_{};
};

}  // namespace vedette::net
