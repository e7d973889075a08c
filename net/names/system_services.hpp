#pragma once

// The services of a program: names are resolved as the system says.

#include <memory>

#include "net/io/services.hpp"
#include "net/names/ares_resolver.hpp"

namespace vedette::net {

struct SystemServices final : Services {
  explicit SystemServices(const boost::asio::any_io_executor& on) : Services(on) {
    resolver = std::make_unique<AresResolver>(on, sockets);
  }
};

}  // namespace vedette::net
