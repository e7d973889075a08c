#include "net/io/run_memory.hpp"

#include <fmt/format.h>

namespace vedette {

namespace {

/// Taken at a time, so that a body that grows costs few looks at what all threads share.
constexpr std::size_t kStep = std::size_t{256} << 10;

}  // namespace

RunMemory& RunMemory::shared() {
  static RunMemory instance;
  return instance;
}

bool RunMemory::take(std::size_t bytes) {
  const auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= limit()) return true;
  give_back(bytes);
  return false;
}

bool Held::grow_to(std::size_t bytes) {
  if (bytes <= kUncounted || bytes <= taken_) return true;
  const auto wanted = (bytes + kStep - 1) / kStep * kStep;
  if (!RunMemory::shared().take(wanted - taken_)) return false;
  taken_ = wanted;
  return true;
}

void Held::release() {
  if (taken_ > 0) RunMemory::shared().give_back(taken_);
  taken_ = 0;
}

Failure memory_used_up() {
  return {Reason::kLocalResources,
          fmt::format("all runs together would hold more than the {} bytes of agent.limits.memory",
                      RunMemory::shared().limit())};
}

}  // namespace vedette
