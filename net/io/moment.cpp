#include "net/io/moment.hpp"

namespace vedette::net {

Duration elapsed(const Activity& context, const Moment& from, Stamp arrival) {
  const bool stamped = from.stamp != Stamp::zero() && arrival != Stamp::zero() && arrival >= from.stamp;
  if (stamped && !context.clock.stepped()) return arrival - from.stamp;
  return now_monotonic() - from.user;
}

bool came_too_late(const Activity& context, Stamp arrival) {
  return context.overdue && arrival > context.overdue->stamp && !context.clock.stepped();
}

}  // namespace vedette::net
