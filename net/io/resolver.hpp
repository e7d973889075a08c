#pragma once

// From a host name to an address. A resolver belongs to a loop and is used on its thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "base/failure.hpp"
#include "net/addresses/address.hpp"

namespace vedette::net {

struct Resolution {
  boost::asio::ip::address address;  ///< the first of the preferred family, else of the other
  std::int64_t ttl = 0;              ///< seconds that the answer may be kept; 0 for literals and the hosts file
};

class Resolver {
 public:
  virtual ~Resolver() = default;

  /// A and AAAA are asked at the same time; the answer comes as soon as the preferred family has one. Literals are
  /// answered at once. Nothing is cached, so that a check sees what a user would. Ends with reason `cancelled` when the
  /// waiting coroutine is cancelled.
  virtual boost::asio::awaitable<tl::expected<Resolution, Failure>> resolve(const std::string& host,
                                                                            const AddressSettings& settings) = 0;
};

}  // namespace vedette::net
