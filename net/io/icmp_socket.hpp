#pragma once

// A socket that sends one echo request and waits for its reply, kernel-stamped. Unprivileged where the
// kernel lets us, else raw; a raw socket's filter lets in nothing but the replies to its own requests. Same rules as
// Stream.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "net/addresses/address.hpp"
#include "net/io/activity.hpp"
#include "net/io/moment.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

struct IcmpOptions {
  int hop_limit = 64;          ///< zero: the system's
  bool dont_fragment = false;  ///< IPv4 only
};

class IcmpSocket {
 public:
  explicit IcmpSocket(Activity& context);

  /// The port of `to` does not count.
  Problem open(const Endpoint& to, const AddressSettings& settings, const IcmpOptions& options);
  /// Sends an echo request with `payload`.
  Problem send(std::string_view payload);
  /// Waits for its reply; what is not is passed over.
  boost::asio::awaitable<Problem> receive();

  /// From the moment before the request was sent to the arrival of the reply.
  [[nodiscard]] Duration round_trip() const { return elapsed(context_, sent_, arrival_); }
  /// The reply's time to live or hop limit as it arrived.
  [[nodiscard]] std::optional<int> reply_hop_limit() const { return reply_hop_limit_; }

 private:
  void filter() const;
  [[nodiscard]] bool is_reply(std::string_view message) const;

  Socket socket_;
  Activity& context_;
  bool v6_ = false;
  bool raw_ = false;
  std::uint16_t id_ = 0;
  std::uint16_t sequence_ = 0;
  std::string payload_;
  Moment sent_;
  Stamp arrival_{};
  std::optional<int> reply_hop_limit_;
};

}  // namespace vedette::net
