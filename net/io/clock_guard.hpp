#pragma once

// Tells whether the real-time clock was set. The kernel's stamps are of that clock, and their differences are no
// durations when it was set in between.

#include <chrono>

namespace vedette {

class ClockGuard {
 public:
  ClockGuard();
  /// Whether the clock was set by more than 10 ms between construction and the question.
  [[nodiscard]] bool stepped() const;

 private:
  std::chrono::nanoseconds offset_;
};

}  // namespace vedette
