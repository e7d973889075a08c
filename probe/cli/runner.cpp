#include "probe/cli/runner.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

namespace vedette {

namespace asio = boost::asio;

namespace {

constexpr AdmissionLimits kLimits{};
constexpr std::chrono::milliseconds kRefresh{100};

}  // namespace

Runner::Runner(std::vector<CheckPtr> checks, RunnerOptions options)
    : checks_(std::move(checks)),
      options_(std::move(options)),
      total_(options_.runs * checks_.size()),
      shard_(kLimits, recorder_),
      timer_(shard_.executor()) {
  for (const auto& check : checks_) {
    handshakes_.push_back(check->kind->handshakes(check->target, *check->settings));
  }
  recorder_.apply(checks_, {});
  if (options_.egress) shard_.set_egress(options_.egress);
}

bool Runner::go() {
  asio::signal_set signals(loop_, SIGINT, SIGTERM);
  signals.async_wait([this](const boost::system::error_code& error, int) {
    if (error) return;
    stopped_ = true;
    asio::post(shard_.executor(), [this] { timer_.cancel(); });
    shard_.cancel_on_demand();
    asio::post(shard_.executor(), [this] { check_done(); });
  });
  const std::function<void()> tick = [&] {
    if (on_tick) on_tick();
    if (done_) {
      signals.cancel();
      return;
    }
    refresh_.expires_after(kRefresh);
    refresh_.async_wait([&](const boost::system::error_code&) { tick(); });
  };
  asio::post(shard_.executor(), [this] {
    began_ = std::chrono::steady_clock::now();
    start_some();
  });
  tick();
  loop_.run();
  return !stopped_;
}

void Runner::check_done() {
  if (done_ || !all_done()) return;
  done_ = true;
  asio::post(loop_, [this] { refresh_.cancel(); });
}

/// Like the schedule, starts a bounded number in one turn of the loop, so that what is in flight is served in between.
void Runner::start_some() {
  std::size_t starts = 0;
  std::size_t handshakes = 0;
  while (!stopped_ && next_ < total_) {
    if (options_.rate > 0) {
      const auto due = began_ + std::chrono::duration_cast<Duration>(
                                    std::chrono::duration<double>(static_cast<double>(next_) / options_.rate));
      const auto now = std::chrono::steady_clock::now();
      if (due > now) {
        timer_.expires_at(due);
        timer_.async_wait([this](const boost::system::error_code& error) {
          if (!error) start_some();
        });
        return;
      }
      if (in_flight_ >= options_.concurrency) {
        recorder_.skipped(checks_[next_++ % checks_.size()], Skip::kBudget);
        ++skipped_;
        continue;
      }
      recorder_.started(checks_[next_ % checks_.size()], now - due);
    } else if (in_flight_ >= options_.concurrency) {
      break;
    }
    handshakes += handshakes_[next_ % checks_.size()] ? 1 : 0;
    start(next_++);
    if (++starts < kLimits.starts_per_turn && handshakes < kLimits.handshakes_per_turn) continue;
    if (!posted_)
      asio::post(shard_.executor(), [this] {
        posted_ = false;
        start_some();
      });
    posted_ = true;
    return;
  }
  check_done();
}

void Runner::start(std::size_t run) {
  ++in_flight_;
  shard_.run_now(checks_[run % checks_.size()], options_.detail,
                 [this, run](Result result) { run_ended(run, std::move(result)); });
}

void Runner::run_ended(std::size_t run, Result result) {
  --in_flight_;
  ++ended_;
  const auto& check = checks_[run % checks_.size()];
  const auto shared = std::make_shared<const Result>(std::move(result));
  recorder_.finished(check, shared);
  on_ended(run, check, shared);
  if (options_.rate > 0) {
    check_done();
  } else {
    start_some();
  }
}

}  // namespace vedette
