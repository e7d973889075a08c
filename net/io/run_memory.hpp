#pragma once

// How much of what targets send all runs of the process may hold at a time: `agent.limits.memory`. A run that would
// hold more ends with the reason `local_resources`, so that many large answers at once cannot fill the machine.

#include <atomic>
#include <cstddef>

#include "base/failure.hpp"

namespace vedette {

class RunMemory {
 public:
  static constexpr std::size_t kDefaultLimit = std::size_t{512} << 20;

  /// The one of the process. Thread-safe.
  static RunMemory& shared();

  void set_limit(std::size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }
  [[nodiscard]] std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t used() const { return used_.load(std::memory_order_relaxed); }

  /// False, and nothing taken, when that would be more than the limit.
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> limit_{kDefaultLimit};
};

/// The share that one holder has of it, given back with the object. Little things are not counted: their number is
/// bounded by that of the runs.
class Held {
 public:
  static constexpr std::size_t kUncounted = std::size_t{64} << 10;

  Held() = default;
  ~Held() { release(); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  /// To be asked before `bytes` are held in all; false when there is no room.
  [[nodiscard]] bool grow_to(std::size_t bytes);
  void release();

 private:
  std::size_t taken_ = 0;
};

/// Why a run ends that found no room.
Failure memory_used_up();

}  // namespace vedette
