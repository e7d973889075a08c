#include "scheduler/grid.hpp"

namespace vedette {

std::chrono::nanoseconds phase_of(std::uint64_t identity, std::chrono::nanoseconds interval) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(identity % static_cast<std::uint64_t>(interval.count())));
}

MonotonicTime next_due(MonotonicTime after, std::chrono::nanoseconds phase, std::chrono::nanoseconds interval,
                       const WallOffset& offset) {
  const auto since_phase = offset.wall(after) - phase;
  auto count = since_phase / interval;
  if (since_phase < std::chrono::nanoseconds::zero() && since_phase % interval != std::chrono::nanoseconds::zero())
    --count;
  return offset.monotonic(phase + (count + 1) * interval);
}

}  // namespace vedette
