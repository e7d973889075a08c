#pragma once

// How long a run may work before the loop must turn. A peer that sends faster than it is read never makes its run wait,
// and the loop's timers, the schedule and all other runs of the shard would stand still.

#include <chrono>

namespace vedette {

class Slice {
 public:
  static constexpr std::chrono::microseconds kLength{200};

  /// Asked before each portion of work: whether others should have their turn first.
  bool used_up() {
    const auto now = std::chrono::steady_clock::now();
    if (fresh_) {
      fresh_ = false;
      began_ = now;
    }
    return now - began_ >= kLength;
  }

  /// The run has waited, or the loop has turned.
  void restart() { fresh_ = true; }

 private:
  std::chrono::steady_clock::time_point began_;
  bool fresh_ = true;
};

}  // namespace vedette
