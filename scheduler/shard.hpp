#pragma once

// One thread with its own event loop, sockets, resolver and scheduler. A check lives on one shard. Everything
// public may be called from any thread; what it causes happens on the shard's own.

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "checks/run.hpp"
#include "net/io/services.hpp"
#include "scheduler/scheduler.hpp"

namespace vedette {

class Shard final : private Starter {
 public:
  Shard(AdmissionLimits limits, Observer& observer);
  /// Cancels what still runs and joins the thread.
  ~Shard() override;
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// Puts `checks` in force; `applied` is called on the shard's thread.
  void apply(std::vector<CheckPtr> checks, std::function<void(Scheduler::Change)> applied);

  /// Runs `check` at once, beside the schedule. `completion` is called on the shard's thread. Returns what
  /// cancel_run() takes.
  std::uint64_t run_now(CheckPtr check, Detail detail, Run::Completion completion);
  /// Ends a run of run_now(), if it is still in flight.
  void cancel_run(std::uint64_t id);
  /// From now on runs connect only to where `policy` lets them.
  void set_egress(std::shared_ptr<const net::EgressPolicy> policy);
  /// Ends the runs of run_now() that are in flight.
  void cancel_on_demand();

  /// For what must happen on the shard's thread.
  [[nodiscard]] boost::asio::any_io_executor executor() { return loop_.get_executor(); }

  /// Starts no more scheduled runs; `drained` is called once none is in flight, or after `grace`, when the rest has
  /// been cancelled.
  void drain(Duration grace, std::function<void()> drained);

  [[nodiscard]] std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }
  /// When the loop last turned; a watchdog looks at it.
  [[nodiscard]] MonotonicTime last_beat() const;

 private:
  void start(std::uint32_t slot, const CheckPtr& check) override;
  void cancel(std::uint32_t slot) override;
  void turn();
  /// Has turn() called once, in the loop's next turn.
  void post_turn();
  void run_ended(std::uint32_t slot, std::uint64_t serial, Result result);
  void beat();
  /// Takes the run of a slot out of those that go on; nothing when there is none.
  std::shared_ptr<Run> take_scheduled(std::uint32_t slot);
  void cancel_scheduled();
  void finish_drain();

  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<net::Services> services_;
  Observer& observer_;
  Scheduler scheduler_;
  boost::asio::steady_timer wake_timer_;
  boost::asio::steady_timer beat_timer_;
  boost::asio::steady_timer drain_timer_;
  MonotonicTime armed_for_ = MonotonicTime::max();
  bool turn_posted_ = false;
  struct Scheduled {
    std::uint64_t serial;  ///< tells a run from a cancelled one that had the slot before
    std::shared_ptr<Run> run;
  };
  std::vector<Scheduled> scheduled_;  ///< by slot; no run where none goes on
  std::size_t running_ = 0;           ///< of those
  std::uint64_t serial_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Run>> on_demand_;
  std::atomic<std::uint64_t> on_demand_id_{0};
  std::function<void()> drained_;
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<MonotonicTime::rep> beat_at_{0};
  std::thread thread_;
};

}  // namespace vedette
