#pragma once

// Reads the configuration again, on a thread of its own: with many checks that takes a second, in which the endpoints
// answer and signals count. Requests that come while one reload goes on make one more, however many they are.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "base/workers.hpp"
#include "probe/agent/agent.hpp"

namespace vedette {

class Reloader {
 public:
  struct Outcome {
    bool in_force = false;
    config::Diagnostics diagnostics;
  };
  using OutcomePtr = std::shared_ptr<const Outcome>;
  using Done = std::function<void(const OutcomePtr&)>;

  /// Lives on the thread of `home`; `agent` outlives it, and has loaded its first configuration.
  Reloader(Agent& agent, const boost::asio::any_io_executor& home);
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// Reloads soon. `done` is told what came of a reload that began after this call.
  void request(Done done = {});
  /// The same for a coroutine of `home`.
  boost::asio::awaitable<OutcomePtr> reload();
  /// From now on reloads when the files of the configuration have changed, which it looks for at this interval.
  void watch_files(Duration interval);
  /// Begins no reload any more: the agent stops.
  void close() { closed_ = true; }
  /// Whether a reload, or a look at the files, goes on.
  [[nodiscard]] bool busy() const { return busy_ || looking_; }

 private:
  void start();
  void look_at_files();

  Agent& agent_;
  boost::asio::any_io_executor home_;
  bool closed_ = false;
  bool busy_ = false;
  bool looking_ = false;
  bool wanted_ = false;        ///< one more, when this one has ended
  std::vector<Done> waiting_;  ///< for the next reload
  Duration interval_{};
  boost::asio::steady_timer timer_;
  std::uint64_t stamp_ = 0;  ///< of the files when they were last looked at
  Workers thread_{1, 4};
};

}  // namespace vedette
