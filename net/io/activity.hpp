#pragma once

// What somebody does on the network: every wait, read and connection belongs to one. It keeps what the parts took, and
// can be stopped.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/failure.hpp"
#include "net/io/clock_guard.hpp"
#include "net/io/slice.hpp"
#include "net/io/timings.hpp"

namespace vedette::net {

struct Services;

/// A deadline that has struck.
struct Overdue {
  std::chrono::steady_clock::time_point deadline;
  std::chrono::nanoseconds stamp;  ///< the same by the kernel's clock
  Duration late;                   ///< how much later the loop noticed
};

struct Activity {
  /// Both outlive it.
  Activity(Services& with, Timings& into) : services(with), timings(into) {}
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;

  Services& services;
  Timings& timings;
  ClockGuard clock{};  ///< the kernel's stamps count while it has not stepped
  std::vector<std::function<std::string()>> steps{};
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  /// Where it is: a deadline that strikes now is a timeout in this phase.
  Phase phase = Phase::kResolve;
  bool in_phase = true;  ///< what the phase took has not been added yet
  bool cut_off = false;  ///< the last phase did not come to its end
  /// Time that is neither the target's nor what the agent added: what is meant to wait, or is not part of the answer.
  Duration untimed{};
  /// True once the deadline has struck or somebody has cancelled. Every wait and read ends at once then.
  bool stopped = false;
  /// Set when a deadline strikes. What had come by then is still read before everything is stopped: a loop that comes
  /// late finds answers that were there in time.
  std::optional<Overdue> overdue{};
  Slice slice{};  ///< how long it has worked without a turn of the loop

  /// A step, for a person. Most are never shown, so a step is put into words when they are wanted, at the end:
  /// what `step` captures must outlive the activity, so take copies.
  void log(std::function<std::string()> step) { steps.push_back(std::move(step)); }
  void log(std::string line) {
    log([line = std::move(line)] { return line; });
  }
  /// It goes on in `which`, until add_phase() says what that took.
  void enter(Phase which);
  void add_phase(Phase which, Duration duration, int hop = 0);
  /// Ends a phase that something cut off, and that has no stamp at its end: whatever was not added before was waited
  /// for in it, by the user clock. Every failure ends it.
  void end_phase();
};

}  // namespace vedette::net
