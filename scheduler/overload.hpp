#pragma once

// Tells a lasting overload from a burst, as CoDel does for packets (RFC 8289): a burst makes a queue that goes away, an
// overload one that stands. Of a burst every run is still wanted, if late; of an overload some must be given up, and
// then better those that would come late than everyone's punctuality.

#include <chrono>
#include <optional>

#include "scheduler/grid.hpp"

namespace vedette {

class Overload {
 public:
  /// While it lasts, runs are given up that could not start for so long.
  static constexpr std::chrono::milliseconds kTarget{10};
  /// A queue in which somebody waits longer than the target, all of this time, stands.
  static constexpr std::chrono::milliseconds kInterval{50};

  /// To be told each time the queue has been served: how long the first in it has waited; nothing when it is empty.
  void note(std::optional<std::chrono::nanoseconds> longest, MonotonicTime now) {
    if (!longest) lasts_ = false;
    if (!longest || *longest <= kTarget) {
      since_.reset();
      return;
    }
    if (!since_) since_ = now;
    if (now - *since_ >= kInterval) lasts_ = true;
  }

  /// It is over when the queue has been empty.
  [[nodiscard]] bool lasts() const { return lasts_; }

 private:
  std::optional<MonotonicTime> since_;  ///< when somebody began to wait longer than the target
  bool lasts_ = false;
};

}  // namespace vedette
