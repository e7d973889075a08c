#pragma once

// What an activity finds on its loop: the sockets and who resolves names. All on the loop's thread.

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "net/io/resolver.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

struct Services {
  explicit Services(const boost::asio::any_io_executor& on) : executor(on), sockets(on) {}
  virtual ~Services() = default;
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  boost::asio::any_io_executor executor;
  SocketSet sockets;
  std::unique_ptr<Resolver> resolver;  ///< never null: whoever makes the services gives them one
};

}  // namespace vedette::net
