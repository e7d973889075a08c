#include "scheduler/shard.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "net/names/system_services.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kBeat{50};

MonotonicTime monotonic_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Shard::Shard(AdmissionLimits limits, Observer& observer)
    : work_(loop_.get_executor()),
      services_(std::make_unique<net::SystemServices>(loop_.get_executor())),
      observer_(observer),
      scheduler_(limits, WallOffset(monotonic_now(), std::chrono::system_clock::now()), *this, observer),
      wake_timer_(loop_),
      beat_timer_(loop_),
      drain_timer_(loop_) {
  beat_at_ = monotonic_now().time_since_epoch().count();
  asio::post(loop_, [this] {
    beat_timer_.expires_after(kBeat);
    beat();
  });
  thread_ = std::thread([this] { loop_.run(); });
}

Shard::~Shard() {
  asio::post(loop_, [this] {
    scheduler_.close();
    beat_timer_.cancel();
    wake_timer_.cancel();
    drain_timer_.cancel();
    // Cancelled runs end in later turns of the loop; then nothing keeps it alive but the services.
    cancel_scheduled();
    for (const auto& [serial, run] : on_demand_) run->cancel();
    finish_drain();
    const auto end = [this](const auto& self) -> void {
      if (running_ == 0 && on_demand_.empty()) {
        work_.reset();
        loop_.stop();
        return;
      }
      // The teardown of a scenario may take its time.
      drain_timer_.expires_after(std::chrono::milliseconds(5));
      drain_timer_.async_wait([self](const boost::system::error_code&) { self(self); });
    };
    end(end);
  });
  thread_.join();
  services_.reset();
}

MonotonicTime Shard::last_beat() const {
  return MonotonicTime(MonotonicTime::duration(beat_at_.load()));
}

void Shard::beat() {
  beat_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const auto now = monotonic_now();
    observer_.lagged(now - beat_timer_.expiry());
    beat_at_ = now.time_since_epoch().count();
    beat_timer_.expires_at(now + kBeat);
    beat();
  });
}

void Shard::post_turn() {
  if (turn_posted_) return;
  turn_posted_ = true;
  asio::post(loop_, [this] {
    turn_posted_ = false;
    turn();
  });
}

void Shard::turn() {
  const auto now = monotonic_now();
  const auto wake = scheduler_.turn(now);
  in_flight_.store(scheduler_.in_flight(), std::memory_order_relaxed);
  // Runs that wait for the next turn let the loop serve what is in flight in between.
  if (wake <= now) return post_turn();
  if (wake == armed_for_ || wake == MonotonicTime::max()) return;
  armed_for_ = wake;
  wake_timer_.expires_at(wake);
  wake_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_for_ = MonotonicTime::max();
    turn();
  });
}

void Shard::start(std::uint32_t slot, const CheckPtr& check) {
  const auto serial = ++serial_;
  auto run = start_run(*services_, check, Detail::kFailures,
                       [this, slot, serial](Result result) { run_ended(slot, serial, std::move(result)); });
  if (slot >= scheduled_.size()) scheduled_.resize(slot + 1);
  scheduled_[slot] = {serial, std::move(run)};
  ++running_;
}

std::shared_ptr<Run> Shard::take_scheduled(std::uint32_t slot) {
  if (slot >= scheduled_.size() || !scheduled_[slot].run) return nullptr;
  --running_;
  return std::move(scheduled_[slot].run);
}

void Shard::cancel_scheduled() {
  for (const auto& [serial, run] : scheduled_) {
    if (run) run->cancel();
  }
}

void Shard::run_ended(std::uint32_t slot, std::uint64_t serial, Result result) {
  if (scheduled_[slot].serial != serial || !take_scheduled(slot)) return;
  const auto now = monotonic_now();
  scheduler_.finished(slot, std::move(result), now);
  in_flight_.store(scheduler_.in_flight(), std::memory_order_relaxed);
  if (running_ == 0) finish_drain();
  if (scheduler_.wake(now) < armed_for_) post_turn();
}

void Shard::cancel(std::uint32_t slot) {
  if (const auto run = take_scheduled(slot)) run->cancel();
  if (running_ == 0) finish_drain();
}

void Shard::apply(std::vector<CheckPtr> checks, std::function<void(Scheduler::Change)> applied) {
  asio::post(loop_, [this, checks = std::move(checks), applied = std::move(applied)] {
    const auto change = scheduler_.apply(checks, monotonic_now());
    turn();
    if (applied) applied(change);
  });
}

std::uint64_t Shard::run_now(CheckPtr check, Detail detail, Run::Completion completion) {
  const auto id = ++on_demand_id_;
  asio::dispatch(loop_, [this, id, check = std::move(check), detail, completion = std::move(completion)]() mutable {
    auto run =
        start_run(*services_, std::move(check), detail, [this, id, completion = std::move(completion)](Result result) {
          on_demand_.erase(id);
          completion(std::move(result));
        });
    on_demand_.emplace(id, std::move(run));
  });
  return id;
}

void Shard::cancel_run(std::uint64_t id) {
  asio::post(loop_, [this, id] {
    const auto found = on_demand_.find(id);
    if (found != on_demand_.end()) found->second->cancel();
  });
}

void Shard::set_egress(std::shared_ptr<const net::EgressPolicy> policy) {
  asio::post(loop_, [this, policy = std::move(policy)] { services_->sockets.set_egress(policy); });
}

void Shard::cancel_on_demand() {
  asio::post(loop_, [this] {
    for (const auto& [serial, run] : on_demand_) run->cancel();
  });
}

void Shard::finish_drain() {
  if (!drained_) return;
  drain_timer_.cancel();
  const auto drained = std::move(drained_);
  drained_ = nullptr;
  drained();
}

void Shard::drain(Duration grace, std::function<void()> drained) {
  asio::post(loop_, [this, grace, drained = std::move(drained)]() mutable {
    scheduler_.close();
    drained_ = std::move(drained);
    if (running_ == 0) {
      finish_drain();
      return;
    }
    drain_timer_.expires_after(grace);
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      cancel_scheduled();
    });
  });
}

}  // namespace vedette
