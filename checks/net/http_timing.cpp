#include "checks/net/http_timing.hpp"

#include <algorithm>

namespace vedette::net {

Duration HttpTiming::between(const Moment& from, const Moment& to) const {
  if (!from.known() || !to.known()) return {};
  const Duration taken = guard_.stepped() ? Duration(to.user - from.user) : to.stamp - from.stamp;
  return std::max(taken, Duration::zero());
}

}  // namespace vedette::net
