#pragma once

// Runs checks on a shard of their own, as often and as fast as asked: for the command line. The runs take the same path
// as an agent's: the same engine, and everyone who is told of results there is told here.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "probe/agent/recorder.hpp"
#include "scheduler/shard.hpp"

namespace vedette {

struct RunnerOptions {
  std::size_t runs = 1;         ///< of each check
  std::size_t concurrency = 1;  ///< at most so many at once
  double rate = 0;              ///< starts a second, on a grid; zero: as soon as one has ended
  Detail detail = Detail::kFailures;
  std::shared_ptr<const net::EgressPolicy> egress{};  ///< nothing: everywhere
};

class Runner {
 public:
  Runner(std::vector<CheckPtr> checks, RunnerOptions options);

  /// Called on the shard's thread as each run ends; run r is of check r modulo their number.
  std::function<void(std::size_t run, const CheckPtr& check, const ResultPtr& result)> on_ended;
  /// Called on the caller's thread of go(), ten times a second and at the end.
  std::function<void()> on_tick;

  /// Returns when all have ended. Ctrl-C cancels what goes on and starts no more; then the answer is false.
  bool go();

  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] std::size_t ended() const { return ended_; }
  [[nodiscard]] std::size_t skipped() const { return skipped_; }

 private:
  void start_some();
  void start(std::size_t run);
  void run_ended(std::size_t run, Result result);
  /// Ends go() when nothing goes on and nothing is to begin.
  void check_done();
  [[nodiscard]] bool all_done() const { return (stopped_ || next_ == total_) && in_flight_ == 0; }

  std::vector<CheckPtr> checks_;
  std::vector<bool> handshakes_;  ///< whether a run of each check costs a TLS handshake
  const RunnerOptions options_;
  const std::size_t total_;
  Recorder recorder_{false};
  MonotonicTime began_;
  bool posted_ = false;
  std::size_t next_ = 0;
  std::size_t in_flight_ = 0;
  std::atomic<std::size_t> ended_{0};
  std::atomic<std::size_t> skipped_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> done_{false};
  boost::asio::io_context loop_{1};  ///< of go()
  boost::asio::steady_timer refresh_{loop_};
  Shard shard_;
  boost::asio::steady_timer timer_;
};

}  // namespace vedette
