#include "probe/agent/reloader.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "exporters/log/log.hpp"
#include "net/io/event.hpp"
#include "probe/agent/service_manager.hpp"

namespace vedette {

namespace asio = boost::asio;

Reloader::Reloader(Agent& agent, const asio::any_io_executor& home) : agent_(agent), home_(home), timer_(home) {}

void Reloader::request(Done done) {
  if (closed_) {
    if (done) done(std::make_shared<Outcome>());
    return;
  }
  wanted_ = true;
  if (done) waiting_.push_back(std::move(done));
  if (!busy_) start();
}

void Reloader::start() {
  busy_ = true;
  wanted_ = false;
  service_manager::reloading();
  const auto outcome = std::make_shared<Outcome>();
  const auto told = std::make_shared<std::vector<Done>>(std::exchange(waiting_, {}));
  const auto load = [this, outcome] { outcome->in_force = agent_.load(outcome->diagnostics); };
  const auto ended = [this, outcome, told](const std::exception_ptr& error) {
    busy_ = false;
    if (!outcome->in_force) {
      log::error("the configuration was not reloaded; the old one stays in force",
                 {{"errors", fmt::format("{}", outcome->diagnostics.errors())},
                  {"first",
                   error ? std::string("a defect of Vedette; please report it") : outcome->diagnostics.first_error()}});
    }
    if (!closed_) service_manager::ready(fmt::format("{} checks", agent_.in_force()->checks));
    for (const auto& done : *told) done(outcome);
    if (wanted_ && !busy_ && !closed_) start();
  };
  // One at a time: there is always room.
  Job::start(thread_, home_, load, ended);
}

asio::awaitable<Reloader::OutcomePtr> Reloader::reload() {
  net::Event ended(home_);
  OutcomePtr outcome;
  request([&](const OutcomePtr& of) {
    outcome = of;
    ended.notify();
  });
  co_await ended.wait();
  co_return outcome;
}

void Reloader::watch_files(Duration interval) {
  interval_ = interval;
  stamp_ = agent_.source().stamp();
  look_at_files();
}

void Reloader::look_at_files() {
  timer_.expires_after(interval_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || closed_) return;
    looking_ = true;
    const auto now = std::make_shared<std::uint64_t>(0);
    Job::start(
        thread_, home_, [this, now] { *now = agent_.source().stamp(); },
        [this, now](const std::exception_ptr&) {
          looking_ = false;
          const bool changed = *now != stamp_;
          stamp_ = *now;
          if (!changed) return look_at_files();
          request([this](const OutcomePtr&) {
            // A file that could not be used is tried again, as it may name others that have been repaired.
            if (!agent_.settled()) stamp_ = 0;
            look_at_files();
          });
        });
  });
}

}  // namespace vedette
