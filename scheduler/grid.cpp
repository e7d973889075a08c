#include "scheduler/grid.hpp"

namespace vedette {

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  // FNV's low bits are weak for short texts that differ in their last character only.
  hash ^= hash >> 32U;
  hash *= 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29U);
}

std::chrono::nanoseconds phase_of(std::string_view identity, std::chrono::nanoseconds interval) {
  const auto nanoseconds = stable_hash(identity) % static_cast<std::uint64_t>(interval.count());
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
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
