#pragma once

// The moments of one HTTP exchange and the phases between them. Each moment holds the kernel's stamp and the user
// clock; the stamps count, unless the kernel has none or the clock was set during the exchange.

#include "checks/clock_guard.hpp"
#include "checks/net/clock.hpp"
#include "checks/result.hpp"

namespace vedette::net {

struct Moment {
  Stamp stamp{};
  std::chrono::steady_clock::time_point user;

  [[nodiscard]] bool known() const { return stamp != Stamp::zero(); }
  static Moment now() { return {now_real(), now_monotonic()}; }
};

class HttpTiming {
 public:
  Moment opened;       ///< the socket was made
  Moment hello;        ///< the TLS handshake began
  Moment secured;      ///< the last byte of the handshake had arrived
  Moment requested;    ///< the request was about to be sent
  Moment first_byte;   ///< the first byte of the response had arrived
  Moment last_byte;    ///< the newest byte so far had arrived
  Duration connect{};  ///< the SYN's round trip

  [[nodiscard]] Duration tls() const { return between(hello, secured); }
  [[nodiscard]] Duration processing() const { return between(requested, first_byte); }
  [[nodiscard]] Duration transfer() const { return between(first_byte, last_byte); }

 private:
  [[nodiscard]] Duration between(const Moment& from, const Moment& to) const;

  ClockGuard guard_;
};

}  // namespace vedette::net
