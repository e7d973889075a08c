#pragma once

// One execution of a check. Created on the shard's thread, where everything of it happens. It always ends: by itself,
// by its deadline, or by cancel(); then the completion is called once, from the loop, and never throws at its caller.
// Whatever escapes the kind's coroutine becomes verdict `unknown` with reason `internal`.

#include <functional>
#include <memory>

#include "checks/kind.hpp"

namespace vedette {

class Run {
 public:
  using Completion = std::function<void(Result)>;

  virtual ~Run() = default;
  /// Stops the run at once; its completion gets verdict `unknown`, reason `cancelled`. Does nothing after the end.
  virtual void cancel() = 0;
};

/// What a step of a scenario has beyond a check.
struct StepRun {
  /// Gets what was answered; outlives the run.
  language::Subject* answer = nullptr;
  /// What runs instead of the kind's own coroutine.
  std::function<boost::asio::awaitable<void>(RunContext&)> body{};
};

/// Starts `check` on the loop of `services`, with the deadline `check->timeout` from now.
std::shared_ptr<Run> start_run(net::Services& services, CheckPtr check, Detail detail, Run::Completion completion,
                               StepRun step = {});

}  // namespace vedette
