#include "checks/net/moment.hpp"

namespace vedette::net {

Duration elapsed(const RunContext& context, const Moment& from, Stamp arrival) {
  const bool stamped = from.stamp != Stamp::zero() && arrival != Stamp::zero() && arrival >= from.stamp;
  if (stamped && !context.clock.stepped()) return arrival - from.stamp;
  return now_monotonic() - from.user;
}

}  // namespace vedette::net
