#pragma once

// What a run finds on its shard: the loop and the engines that live on it. All on the shard's thread.

#include <boost/asio/any_io_executor.hpp>

#include "net/io/socket.hpp"
#include "net/names/ares_resolver.hpp"

namespace vedette::net {

struct Services {
  explicit Services(const boost::asio::any_io_executor& on) : executor(on), sockets(on), resolver(on, sockets) {}

  boost::asio::any_io_executor executor;
  SocketSet sockets;
  AresResolver resolver;
};

}  // namespace vedette::net
