#pragma once

// A point from which something is timed, by both clocks.

#include "net/io/activity.hpp"
#include "net/io/clock.hpp"

namespace vedette::net {

struct Moment {
  Stamp stamp{};
  std::chrono::steady_clock::time_point user;

  static Moment now() { return {now_real(), now_monotonic()}; }
};

/// From `from` until the kernel stamped an arrival. The user clock tells it when there is no such stamp, when the stamp
/// is of before (the peer spoke without being asked), or when the clock was set meanwhile.
Duration elapsed(const Activity& context, const Moment& from, Stamp arrival);

/// Whether the deadline has struck before something came.
bool came_too_late(const Activity& context, Stamp arrival);

}  // namespace vedette::net
