#pragma once

// A connected UDP socket with kernel stamps. Same rules as Stream.

#include <boost/asio/awaitable.hpp>
#include <string_view>
#include <tl/expected.hpp>

#include "net/addresses/address.hpp"
#include "net/io/activity.hpp"
#include "net/io/clock.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

class UdpSocket {
 public:
  explicit UdpSocket(Activity& context);

  Problem connect(const Endpoint& to, const AddressSettings& settings);
  Problem send(std::string_view datagram);
  /// The next datagram. It lies in a buffer that the loop's sockets share: use it before the next wait.
  boost::asio::awaitable<tl::expected<std::string_view, Failure>> receive();
  [[nodiscard]] Stamp last_arrival() const { return last_arrival_; }

 private:
  Socket socket_;
  Activity& context_;
  Stamp last_arrival_{};
};

}  // namespace vedette::net
