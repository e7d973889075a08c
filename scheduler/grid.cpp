#include "scheduler/grid.hpp"

#include <algorithm>

namespace vedette {

std::chrono::nanoseconds phase_of(std::uint64_t identity, std::chrono::nanoseconds interval) {
  constexpr std::chrono::milliseconds kStep{4};
  const auto steps = std::max<std::int64_t>(1, interval / kStep);
  return kStep * static_cast<std::int64_t>(identity % static_cast<std::uint64_t>(steps));
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
