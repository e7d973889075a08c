#pragma once

// The absolute grid: run k of a check is due at phase + k × interval of the wall clock, with a phase that depends on
// the check's identity and on whose grid it is. A restart or a reload keeps it, and no run moves the next one.

#include <chrono>
#include <cstdint>

namespace vedette {

using MonotonicTime = std::chrono::steady_clock::time_point;

/// Where on the wall clock a monotonic time lies. Taken once, so that setting the clock moves no grid.
class WallOffset {
 public:
  WallOffset(MonotonicTime monotonic, std::chrono::system_clock::time_point wall)
      : offset_(wall.time_since_epoch() - monotonic.time_since_epoch()) {}

  [[nodiscard]] std::chrono::nanoseconds wall(MonotonicTime time) const { return time.time_since_epoch() + offset_; }
  [[nodiscard]] MonotonicTime monotonic(std::chrono::nanoseconds wall) const { return MonotonicTime(wall - offset_); }

 private:
  std::chrono::nanoseconds offset_;
};

/// The phase of a check with the key `identity` within `interval`: a multiple of 4 ms, so that one wake-up of the
/// shard, which costs as much as a start, serves the checks of many phases that would lie a little apart.
std::chrono::nanoseconds phase_of(std::uint64_t identity, std::chrono::nanoseconds interval);

/// The first point of the grid after `after`.
MonotonicTime next_due(MonotonicTime after, std::chrono::nanoseconds phase, std::chrono::nanoseconds interval,
                       const WallOffset& offset);

}  // namespace vedette
