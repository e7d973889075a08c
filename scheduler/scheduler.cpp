#include "scheduler/scheduler.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "checks/kind.hpp"

namespace vedette {

using std::chrono::milliseconds;

Scheduler::Scheduler(AdmissionLimits limits, WallOffset offset, Starter& starter, Observer& observer)
    : limits_(limits),
      offset_(offset),
      starter_(starter),
      observer_(observer),
      plain_{.max_starts = limits.starts_per_turn, .max_in_flight = limits.in_flight},
      secure_{.max_starts = limits.handshakes_per_turn, .max_in_flight = limits.in_flight},
      heavy_{.max_starts = limits.handshakes_per_turn, .max_in_flight = limits.heavy_in_flight} {}

Scheduler::Line& Scheduler::line_of(const Check& check) {
  if (check.kind->heavy) return heavy_;
  return check.kind->handshakes(check.target, *check.settings) ? secure_ : plain_;
}

bool Scheduler::full(const Line& line) const {
  return in_flight_ >= limits_.in_flight || line.in_flight >= line.max_in_flight;
}

void Scheduler::push(std::uint32_t slot, MonotonicTime due, bool retry) {
  heap_.push({due, slot, slots_[slot].generation, retry});
}

void Scheduler::follow_grid(std::uint32_t slot, MonotonicTime after) {
  push(slot, next_due(after, slots_[slot].phase, slots_[slot].interval, offset_), false);
}

std::chrono::nanoseconds Scheduler::interval_of(const Check& check, bool failing) {
  return failing && check.failing_interval > Duration::zero() ? check.failing_interval : check.interval;
}

void Scheduler::install(std::uint32_t index, const CheckPtr& check, bool failing, MonotonicTime now) {
  auto& slot = slots_[index];
  const auto generation = slot.generation + 1;
  slot = Slot{};
  slot.generation = generation;
  slot.check = check;
  slot.line = &line_of(*check);
  slot.failing = failing;
  slot.interval = interval_of(*check, failing);
  slot.phase = phase_of(check->grid, slot.interval);
  const auto due = next_due(now, slot.phase, slot.interval, offset_);
  push(index, due <= now + kFirstWithin ? due : now + phase_of(check->grid, kFirstWithin), false);
}

void Scheduler::remove(std::uint32_t index) {
  auto& slot = slots_[index];
  if (slot.running) {
    starter_.cancel(index);
    --in_flight_;
    --slot.line->in_flight;
  }
  const auto generation = slot.generation + 1;
  slot = Slot{};
  slot.generation = generation;
}

Scheduler::Change Scheduler::apply(const std::vector<CheckPtr>& checks, MonotonicTime now) {
  Change change;
  std::unordered_set<std::uint32_t> wanted;
  for (const auto& check : checks) {
    const auto found = by_key_.find(check->key);
    if (found != by_key_.end() && slots_[found->second].check->fingerprint == check->fingerprint) {
      ++change.kept;
      wanted.insert(found->second);
      continue;
    }
    std::uint32_t index = 0;
    bool failing = false;
    if (found != by_key_.end()) {
      ++change.changed;
      index = found->second;
      const auto& old = slots_[index];
      failing = old.failing && old.check->kind == check->kind;
      if (old.running || old.waiting || old.retrying) observer_.skipped(check, Skip::kChanged);
      remove(index);
    } else {
      ++change.added;
      if (free_.empty()) {
        index = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
      } else {
        index = free_.back();
        free_.pop_back();
      }
      by_key_.emplace(check->key, index);
    }
    install(index, check, failing, now);
    wanted.insert(index);
  }
  std::erase_if(by_key_, [&](const auto& entry) {
    if (wanted.contains(entry.second)) return false;
    ++change.removed;
    remove(entry.second);
    free_.push_back(entry.second);
    return true;
  });
  return change;
}

void Scheduler::come_due(const Item& item, MonotonicTime now) {
  auto& slot = slots_[item.slot];
  if (item.retry) {
    slot.retrying = false;
  } else {
    // Points that passed while nobody looked (a suspended machine) are counted, not caught up with.
    auto next = next_due(item.due, slot.phase, slot.interval, offset_);
    constexpr int kCountedAtMost = 1000;
    for (int i = 0; next <= now && i < kCountedAtMost; ++i, next += slot.interval) {
      observer_.skipped(slot.check, Skip::kLate);
    }
    follow_grid(item.slot, std::max(now, next - slot.interval));
    if (slot.running || slot.waiting || slot.retrying) {
      observer_.skipped(slot.check, Skip::kOverlap);
      return;
    }
    slot.attempt = 0;
  }
  slot.waiting = true;
  slot.line->items.push_back(item);
}

void Scheduler::take_due(MonotonicTime now) {
  while (!heap_.empty() && heap_.top().due <= now) {
    const auto item = heap_.top();
    heap_.pop();
    if (!stale(item)) come_due(item, now);
  }
}

Duration Scheduler::patience(const Line& line) const {
  return line.overload.lasts() ? std::min<Duration>(Overload::kTarget, limits_.max_lateness) : limits_.max_lateness;
}

void Scheduler::admit(Line& line, std::size_t& starts, MonotonicTime now) {
  std::size_t started = 0;
  auto& queue = line.items;
  while (!queue.empty()) {
    const auto item = queue.front();
    if (stale(item)) {
      queue.pop_front();
      continue;
    }
    auto& slot = slots_[item.slot];
    const bool no_room = full(line);
    if (now - item.due > patience(line) && !item.retry) {
      queue.pop_front();
      slot.waiting = false;
      observer_.skipped(slot.check, no_room ? Skip::kBudget : Skip::kLate);
      continue;
    }
    if (no_room || started >= line.max_starts || starts >= limits_.starts_per_turn) break;
    queue.pop_front();
    slot.waiting = false;
    slot.running = true;
    ++in_flight_;
    ++line.in_flight;
    ++started;
    ++starts;
    if (!item.retry) observer_.started(slot.check, now - item.due);
    starter_.start(item.slot, slot.check);
  }
  line.overload.note(queue.empty() ? std::nullopt : std::optional(now - queue.front().due), now);
}

MonotonicTime Scheduler::turn(MonotonicTime now) {
  if (closed_) return MonotonicTime::max();
  take_due(now);
  std::size_t starts = 0;
  for (auto* line : {&plain_, &secure_, &heavy_}) admit(*line, starts, now);
  return wake(now);
}

MonotonicTime Scheduler::wake(MonotonicTime now) const {
  if (closed_) return MonotonicTime::max();
  MonotonicTime out = heap_.empty() ? MonotonicTime::max() : heap_.top().due;
  for (const auto* line : {&plain_, &secure_, &heavy_}) {
    if (line->items.empty()) continue;
    if (!full(*line)) return now;
    // A finished run wakes us; until then only the lateness of those who wait matters.
    const auto given_up = line->items.front().due + patience(*line) + milliseconds(1);
    out = std::min(out, std::max(now + milliseconds(1), given_up));
  }
  return out;
}

void Scheduler::set_interval(std::uint32_t index, MonotonicTime now) {
  auto& slot = slots_[index];
  const auto& check = *slot.check;
  const auto wanted = interval_of(check, slot.failing);
  if (wanted == slot.interval) return;
  slot.interval = wanted;
  slot.phase = phase_of(check.grid, wanted);
  ++slot.generation;
  follow_grid(index, now);
}

void Scheduler::finished(std::uint32_t index, Result result, MonotonicTime now) {
  auto& slot = slots_[index];
  slot.running = false;
  --in_flight_;
  --slot.line->in_flight;
  const bool failed = result.verdict == Verdict::kFail;
  if (failed && !slot.failing && slot.attempt < slot.check->retries && !closed_) {
    ++slot.attempt;
    slot.retrying = true;
    observer_.retried(slot.check, result);
    push(index, now + slot.check->retry_interval, true);
    return;
  }
  // `unknown` says nothing about the target: the state stays what it was.
  if (result.verdict != Verdict::kUnknown) slot.failing = failed;
  result.attempts = slot.attempt + 1;
  observer_.finished(slot.check, std::make_shared<const Result>(std::move(result)));
  set_interval(index, now);
}

}  // namespace vedette
