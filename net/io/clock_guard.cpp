#include "net/io/clock_guard.hpp"

namespace vedette {

namespace {

/// The kernel slews the clock by at most 500 ppm: 5 ms in a run of ten seconds. More is a step.
constexpr std::chrono::milliseconds kStep{10};

std::chrono::nanoseconds offset_now() {
  return std::chrono::system_clock::now().time_since_epoch() - std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

ClockGuard::ClockGuard() : offset_(offset_now()) {}

bool ClockGuard::stepped() const {
  const auto change = offset_now() - offset_;
  return change > kStep || change < -kStep;
}

}  // namespace vedette
