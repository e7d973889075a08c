#pragma once

// When: which checks are due, which of them may start now, and what becomes of the rest. Pure logic in the time it is
// told, without threads or clocks, so that tests run an hour in a moment. One scheduler per shard, on its thread.
//
// A run that cannot start in time is skipped and counted with its reason, sooner while the agent is overloaded
// (overload.hpp); nothing is queued without bound, since each check has at most one run that waits, runs, or is about
// to be repeated.

#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "scheduler/grid.hpp"
#include "scheduler/observer.hpp"
#include "scheduler/overload.hpp"

namespace vedette {

struct AdmissionLimits {
  std::size_t in_flight = 2000;         ///< runs at once
  std::size_t heavy_in_flight = 64;     ///< of those, runs of heavy kinds: scenarios
  std::size_t starts_per_turn = 64;     ///< runs started in one turn of the loop
  std::size_t handshakes_per_turn = 4;  ///< of those, runs that cost a TLS handshake
  Duration max_lateness = std::chrono::seconds(1);
};

/// What actually runs the checks; a shard, or a test.
class Starter {
 public:
  virtual ~Starter() = default;
  /// Starts a run; when it has ended, Scheduler::finished(slot, …) must be called, but not from within.
  virtual void start(std::uint32_t slot, const CheckPtr& check) = 0;
  /// Ends the run of `slot` at once; finished() must not be called for it any more.
  virtual void cancel(std::uint32_t slot) = 0;
};

class Scheduler {
 public:
  static constexpr std::chrono::seconds kFirstWithin{30};

  Scheduler(AdmissionLimits limits, WallOffset offset, Starter& starter, Observer& observer);

  struct Change {
    std::size_t added = 0, changed = 0, removed = 0, kept = 0;
  };
  /// Puts `checks` in force. Checks with an equal fingerprint keep their phase and state; runs of others are cancelled,
  /// and counted as skipped when the check only changed. One that is new or has changed runs within kFirstWithin, if
  /// its grid has no point so soon.
  Change apply(const std::vector<CheckPtr>& checks, MonotonicTime now);

  /// Starts what is due and admitted. Returns wake(now).
  MonotonicTime turn(MonotonicTime now);
  /// When to call turn() again: `now` when runs wait that may start.
  [[nodiscard]] MonotonicTime wake(MonotonicTime now) const;

  /// The run of `slot` has ended. It counts, or is repeated when a failure is to be confirmed.
  void finished(std::uint32_t slot, Result result, MonotonicTime now);

  /// Starts nothing any more.
  void close() { closed_ = true; }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }

 private:
  struct Item {
    MonotonicTime due;
    std::uint32_t slot;
    std::uint32_t generation;
    bool retry;
    bool operator>(const Item& other) const { return due > other.due; }
  };
  /// Runs that are due and wait to be admitted, and those that were.
  struct Line {
    std::size_t max_starts = 0;  ///< in one turn
    std::size_t max_in_flight = 0;
    std::size_t in_flight = 0;
    std::deque<Item> items{};
    Overload overload{};
  };
  struct Slot {
    CheckPtr check;
    Line* line = nullptr;
    bool running = false;
    bool waiting = false;   ///< due and not yet admitted
    bool retrying = false;  ///< between a failed run and its repetition
    bool failing = false;   ///< the last result that counted was a failure
    int attempt = 0;        ///< failed runs since the last due time
    std::uint32_t generation = 0;
    std::chrono::nanoseconds interval{};
    std::chrono::nanoseconds phase{};
  };

  void take_due(MonotonicTime now);
  void come_due(const Item& item, MonotonicTime now);
  void admit(Line& line, std::size_t& starts, MonotonicTime now);
  [[nodiscard]] bool full(const Line& line) const;
  Line& line_of(const Check& check);
  /// How long a run of the line may wait for now.
  [[nodiscard]] Duration patience(const Line& line) const;
  void push(std::uint32_t slot, MonotonicTime due, bool retry);
  /// Follows the grid of the slot's present interval from `after` on.
  void follow_grid(std::uint32_t slot, MonotonicTime after);
  void set_interval(std::uint32_t slot, MonotonicTime now);
  void install(std::uint32_t slot, const CheckPtr& check, bool failing, MonotonicTime now);
  [[nodiscard]] static std::chrono::nanoseconds interval_of(const Check& check, bool failing);
  void remove(std::uint32_t slot);
  [[nodiscard]] bool stale(const Item& item) const { return slots_[item.slot].generation != item.generation; }

  AdmissionLimits limits_;
  WallOffset offset_;
  Starter& starter_;
  Observer& observer_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_key_;
  std::priority_queue<Item, std::vector<Item>, std::greater<>> heap_;
  Line plain_;
  Line secure_;  ///< with a TLS handshake
  Line heavy_;
  std::size_t in_flight_ = 0;
  bool closed_ = false;
};

}  // namespace vedette
