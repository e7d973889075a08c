#include "net/io/activity.hpp"

#include <algorithm>

namespace vedette::net {

void Activity::enter(Phase which) {
  phase = which;
  in_phase = true;
  cut_off = false;
}

void Activity::end_phase() {
  if (!in_phase) return;
  auto now = std::chrono::steady_clock::now();
  // What a loop that came late to the deadline took is not the target's.
  if (overdue) now = std::min(now, overdue->deadline);
  cut_off = true;
  add_phase(phase, now - began - timings.duration - untimed, timings.phases.empty() ? 0 : timings.phases.back().hop);
}

void Activity::add_phase(Phase which, Duration duration, int hop) {
  if (which == phase) in_phase = false;
  if (duration < Duration::zero()) duration = Duration::zero();
  timings.phases.push_back({which, duration, hop});
  timings.duration += duration;
}

}  // namespace vedette::net
