#include "checks/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <new>

#include "checks/evidence.hpp"
#include "config/masked.hpp"
#include "config/secret.hpp"
#include "net/io/clock.hpp"
#include "net/io/services.hpp"

namespace vedette {

namespace asio = boost::asio;

void RunContext::fail(Reason reason, std::string message) {
  if (failed()) return;
  end_phase();
  result.reason = reason;
  result.verdict = info_of(reason).verdict;
  // Why the run was cancelled, its end says.
  if (reason != Reason::kCancelled) log("failed: " + message);
  result.message = std::move(message);
}

void RunContext::warn(Reason reason, std::string message) {
  if (result.reason != Reason::kNone) return;
  result.reason = reason;
  result.verdict = Verdict::kWarn;
  result.message = std::move(message);
}

bool RunContext::usable() {
  if (!check->unusable.empty()) fail(Reason::kSettingsInvalid, check->unusable);
  return check->unusable.empty();
}

tl::expected<std::string, Failure> RunContext::reveal(const config::Secret& setting, bool parts_only) {
  auto value = setting.reveal();
  if (!value) return tl::make_unexpected(Failure{Reason::kLocalFile, std::move(value.error())});
  if (!parts_only) redactor.add(*value);
  for (const auto& part : setting.parts()) redactor.add(part);
  return std::move(*value);
}

void RunContext::measure(const Family& family, double value, MeasureLabels labels) {
  result.measures.push_back({&family, value, std::move(labels)});
}

tl::expected<std::string, Failure> RunContext::reveal_header(std::string_view name, const config::Secret& setting) {
  const bool harmless = config::is_harmless_header(name);
  auto value = reveal(setting, harmless);
  if (value && !harmless) redactor.add_header(name, *value);
  return value;
}

namespace {

class SpawnedRun final : public Run, public std::enable_shared_from_this<SpawnedRun> {
 public:
  SpawnedRun(net::Services& services, CheckPtr check, Detail detail, Completion completion, StepRun step)
      : timer_(services.executor),
        connect_timer_(services.executor),
        context_(std::move(check), services, detail),
        completion_(std::move(completion)),
        body_(std::move(step.body)) {
    constexpr std::size_t kUsualPhases = 6;
    constexpr std::size_t kUsualMeasures = 24;
    context_.answer = step.answer;
    context_.result.started = std::chrono::system_clock::now();
    context_.result.phases.reserve(kUsualPhases);
    context_.result.measures.reserve(kUsualMeasures);
  }

  void start() {
    const auto self = shared_from_this();
    timer_.expires_at(context_.began + context_.check->timeout);
    timer_.async_wait([self](const boost::system::error_code& error) {
      if (!error) self->expire(self->timer_.expiry());
    });
    if (context_.check->connect_timeout > Duration::zero()) {
      connect_timer_.expires_at(context_.began + context_.check->connect_timeout);
      connect_timer_.async_wait([self](const boost::system::error_code& error) {
        const auto phase = self->context_.phase;
        const bool connecting = phase == Phase::kResolve || phase == Phase::kConnect || phase == Phase::kTls;
        // What is behind a redirect is connected to when a request has been answered already.
        const auto& phases = self->context_.result.phases;
        const bool answered = std::any_of(phases.begin(), phases.end(),
                                          [](const auto& part) { return part.phase == Phase::kProcessing; });
        if (!error && connecting && !answered) self->expire(self->connect_timer_.expiry());
      });
    }
    asio::co_spawn(
        timer_.get_executor(), body(),
        asio::bind_cancellation_slot(signal_.slot(), [self](const std::exception_ptr& error) { self->finish(error); }));
  }

  void cancel() override {
    // It ends by itself in a moment, and may still pass.
    if (!context_.overdue) stop();
  }

 private:
  asio::awaitable<void> body() {
    // Waits report a cancellation as an error code; the coroutine then returns by itself.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await (body_ ? body_(context_) : context_.check->kind->run(context_));
  }

  /// The loop may be late: then the answer lies in the socket, and waits have ended that it has not told of yet.
  void expire(std::chrono::steady_clock::time_point deadline) {
    if (done_ || context_.stopped || context_.overdue) return;
    const Duration late = std::chrono::steady_clock::now() - deadline;
    context_.overdue = net::Overdue{deadline, net::now_real() - late, late};
    constexpr int kTurns = 16;
    stop_after(kTurns);
  }

  void stop_after(int turns) {
    if (done_) return;
    if (turns == 0) return stop();
    asio::post(timer_.get_executor(), [self = shared_from_this(), turns] { self->stop_after(turns - 1); });
  }

  void stop() {
    if (done_ || context_.stopped) return;
    context_.stopped = true;
    signal_.emit(asio::cancellation_type::terminal);
  }

  void finish(const std::exception_ptr& error) {
    done_ = true;
    timer_.cancel();
    connect_timer_.cancel();
    auto& result = context_.result;
    if (error) {
      result.reason = Reason::kNone;
      try {
        std::rethrow_exception(error);
      } catch (const std::bad_alloc&) {
        context_.fail(Reason::kLocalResources, "there is no memory left");
      } catch (const std::exception& e) {
        context_.fail(Reason::kInternal, e.what());
      } catch (...) {
        context_.fail(Reason::kInternal, "an exception of unknown type");
      }
    } else if (result.reason == Reason::kCancelled || (context_.stopped && !context_.failed())) {
      result.reason = Reason::kNone;
      const auto reason = context_.overdue ? timeout_in(context_.phase) : Reason::kCancelled;
      context_.fail(reason, context_.overdue ? "the deadline passed" : "the run was cancelled");
    }
    excuse();
    if (result.reason == Reason::kNone) result.verdict = Verdict::kPass;
    const Duration total = std::chrono::steady_clock::now() - context_.began;
    result.overhead = std::max(Duration::zero(), total - result.duration - context_.untimed);
    if (context_.clock.stepped()) {
      result.disturbed = Disturbance::kClock;
    } else if (result.overhead > kDisturbingOverhead) {
      result.disturbed = Disturbance::kOverhead;
    }
    if (context_.wants_evidence()) {
      for (const auto& step : context_.steps) result.evidence.log.push_back(step());
    }
    context_.measure(kSuccess, result.passed() ? 1 : 0);
    context_.measure(kDurationSeconds, seconds(result.duration));
    // A step's result is sealed with the scenario's own, which knows all secrets.
    if (context_.answer == nullptr) seal(result, context_.redactor);
    auto completion = std::move(completion_);
    completion(std::move(result));
  }

  /// What a target would have done while the agent stood still, nobody knows.
  void excuse() {
    auto& result = context_.result;
    const bool timeout = result.verdict == Verdict::kFail && name_of(result.reason).starts_with("timeout_");
    if (!timeout || !context_.overdue || context_.overdue->late < kStandstill) return;
    result.reason = Reason::kNone;
    context_.fail(Reason::kAgentPaused, fmt::format("the agent stood still and came to the deadline {:.1f} s late",
                                                    seconds(context_.overdue->late)));
  }

  asio::steady_timer timer_;
  asio::steady_timer connect_timer_;
  asio::cancellation_signal signal_;
  RunContext context_;
  Completion completion_;
  std::function<asio::awaitable<void>(RunContext&)> body_;
  bool done_ = false;
};

}  // namespace

std::shared_ptr<Run> start_run(net::Services& services, CheckPtr check, Detail detail, Run::Completion completion,
                               StepRun step) {
  auto run = std::make_shared<SpawnedRun>(services, std::move(check), detail, std::move(completion), std::move(step));
  run->start();
  return run;
}

}  // namespace vedette
