#pragma once

// Runs checks against the fuzzers' peer, and holds each result to what every result must keep. There is one a process:
// the loop, the services of runs and the peer are made once, so that an input costs no more than its run.

#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

#include "checks/check.hpp"
#include "checks/result.hpp"
#include "net/names/system_services.hpp"
#include "tests/fuzz/peer.hpp"

namespace vedette::fuzz {

/// Aborts with `what` on standard error unless `condition` holds.
void require(bool condition, std::string_view what);

class Harness {
 public:
  static Harness& get();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  /// The peer's port, the only one that runs may connect to.
  [[nodiscard]] std::uint16_t port() const { return peer_.port(); }

  /// A check of `kind` with `settings`, the inside of its section in YAML's flow style. `PEER` in target and settings
  /// stands for the peer's address and port.
  [[nodiscard]] CheckPtr check(std::string_view kind, std::string_view target, std::string_view settings) const;

  /// Runs `check` to its end while the peer says what `speech` wants. Aborts when the run does not end, ends twice or
  /// in a defect, or when its result is not bounded or not valid JSON.
  Result run(const CheckPtr& check, const Manner& manner, const Speech& speech);
  /// The same with the same words for each connection.
  Result run(const CheckPtr& check, const Manner& manner, const Words& words);

  /// Lets the loop go on until `done` says true; aborts with `what` when nothing happens any more.
  template <typename Done>
  void run_until(const Done& done, std::string_view what) {
    while (!done()) require(turn(), what);
  }

 private:
  Harness();

  /// Runs one handler; false when none comes.
  bool turn();

  boost::asio::io_context loop_;
  net::SystemServices services_;
  Peer peer_;
};

}  // namespace vedette::fuzz
