#pragma once

// What went wrong, in one value: functions that may fail return it.

#include <chrono>
#include <string>

#include "base/reason.hpp"

namespace vedette {

using Duration = std::chrono::nanoseconds;

inline double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

struct Failure {
  Reason reason = Reason::kNone;
  std::string message;  ///< for a person: what was seen, what was expected
};

}  // namespace vedette
