#include "scenarios/run/session.hpp"

#include <fmt/format.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <filesystem>

#include "base/workers.hpp"
#include "config/duration.hpp"
#include "config/secret.hpp"
#include "net/io/services.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxFile = std::size_t{64} << 20;

}  // namespace

Duration thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

Session::Session(RunContext& of, const Scenario& that, const Inputs& given, std::uint64_t seed)
    : context(of),
      scenario(that),
      inputs(given),
      limits(that.limits),
      random(seed),
      requests_left(limits.requests),
      steps_left(limits.steps),
      captured_left(limits.captured_bytes) {
  for (const auto& line : given.cookies) jar.add_line(line);
}

void Session::begin_part(Duration budget) {
  // What ends the first part does not end the next one, which is there for that.
  teardown_ = part_ends_ != Duration::zero();
  part_ends_ = now() + budget;
  budget_ = budget;
  cpu_used_ = {};
  late_.reset();
}

Halt Session::halted() {
  if (context.stopped) cancelled_ = true;
  if (cancelled_ && !teardown_) return Halt::kCancelled;
  if (left() > Duration::zero()) return Halt::kNo;
  if (!late_) late_ = -left();
  return Halt::kDeadline;
}

Failure Session::too_late() const {
  if (late_ && *late_ >= kStandstill) {
    return {Reason::kAgentPaused,
            fmt::format("the agent stood still and came to the scenario's deadline {:.1f} s late", seconds(*late_))};
  }
  return {Reason::kDeadline, fmt::format("the scenario's deadline of {} passed", config::format_duration(budget_))};
}

void Session::cancel_all() {
  cancelled_ = true;
  if (teardown_) return;
  for (auto* run : running_) run->cancel();
  for (auto* timer : pausing_) timer->cancel();
}

asio::awaitable<void> Session::wait_for(net::Event& event, const bool& done) {
  while (!done) {
    const bool notified = co_await event.wait();
    if (!notified && !done) cancel_all();
  }
}

std::shared_ptr<Check> Session::check_of(const Kind& kind, std::string target, Duration timeout) const {
  auto check = std::make_shared<Check>();
  check->name = context.check->name;
  check->instance = context.check->instance;
  check->kind = &kind;
  check->target = std::move(target);
  check->timeout = std::max<Duration>(std::min(timeout, left()), std::chrono::microseconds(1));
  return check;
}

asio::awaitable<Result> Session::run(CheckPtr check, StepRun step) {
  net::Event event(context.services.executor);
  Result result;
  bool done = false;
  const auto run = start_run(
      context.services, std::move(check), inputs.keeps_details ? Detail::kAlways : context.detail,
      [&](Result ended) {
        result = std::move(ended);
        done = true;
        event.notify();
      },
      std::move(step));
  running_.insert(run.get());
  co_await wait_for(event, done);
  running_.erase(run.get());
  co_return result;
}

asio::awaitable<Result> Session::run(const Kind& kind, std::shared_ptr<const Settings> settings, std::string target,
                                     Duration timeout, language::Subject& answer) {
  auto check = check_of(kind, std::move(target), timeout);
  check->settings = std::move(settings);
  return run(std::move(check), StepRun{.answer = &answer});
}

asio::awaitable<Result> Session::run(HttpCall& call, Duration timeout, Duration connect_timeout) {
  static const Kind kHttp{.name = "http"};
  auto check = check_of(kHttp, call.request().url, timeout);
  check->connect_timeout = connect_timeout;
  return run(std::move(check), StepRun{.body = [&call](RunContext& run_context) { return call.go(run_context); }});
}

asio::awaitable<bool> Session::pause(Duration duration) {
  if (duration <= Duration::zero()) co_return halted() == Halt::kNo;
  asio::steady_timer timer(context.services.executor);
  timer.expires_after(std::min(duration, std::max(left(), Duration::zero())));
  pausing_.insert(&timer);
  net::Event event(context.services.executor);
  bool done = false;
  timer.async_wait([&](const boost::system::error_code&) {
    done = true;
    event.notify();
  });
  co_await wait_for(event, done);
  pausing_.erase(&timer);
  co_return halted() == Halt::kNo;
}

asio::awaitable<bool> Session::elsewhere(std::function<void()> work, Duration patience, bool& busy) {
  // A cancellation that came in a turn of the loop has found nobody who waits.
  busy = false;
  if (halted() != Halt::kNo) co_return false;
  struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : event(executor) {}
    net::Event event;
    bool done = false;  ///< the work, or the time for it
    bool worked = false;
    std::exception_ptr error;
  };
  const auto waiting = std::make_shared<Waiting>(context.services.executor);
  const auto job = Job::start(Workers::shared(), context.services.executor, std::move(work),
                              [waiting](const std::exception_ptr& error) {
                                waiting->error = error;
                                waiting->worked = waiting->done = true;
                                waiting->event.notify();
                              });
  busy = !job;
  if (busy) co_return false;
  asio::steady_timer timer(context.services.executor);
  timer.expires_after(std::max(std::min(left(), patience), Duration::zero()));
  timer.async_wait([waiting](const boost::system::error_code&) {
    waiting->done = true;
    waiting->event.notify();
  });
  pausing_.insert(&timer);
  co_await wait_for(waiting->event, waiting->done);
  pausing_.erase(&timer);
  context.slice.restart();
  if (!waiting->worked) job->abandon();
  if (waiting->error) std::rethrow_exception(waiting->error);
  co_return waiting->worked;
}

Session::Cpu::Cpu(Session& session) : session_(session), began_(thread_time()) {}

Session::Cpu::~Cpu() {
  session_.cpu_used_ += thread_time() - began_;
}

const language::Value* Frame::variable(std::string_view name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? nullptr : &found->second;
}

language::Found Frame::step(std::string_view id) const {
  const auto found = session_.step_facts.find(id);
  return found == session_.step_facts.end() ? language::Found() : language::Found(found->second);
}

std::size_t Frame::max_nodes() const {
  return static_cast<std::size_t>(session_.limits.expression_nodes);
}

std::size_t Frame::longest_text() const {
  return static_cast<std::size_t>(session_.limits.template_output);
}

language::Reading Frame::reading() const {
  const auto& limits = session_.limits;
  return {.json_depth = static_cast<std::size_t>(limits.json_depth),
          .xml_depth = static_cast<std::size_t>(limits.xml_depth),
          .jsonpath_nodes = static_cast<std::size_t>(limits.jsonpath_nodes),
          .xpath_operations = static_cast<std::size_t>(limits.xpath_operations)};
}

tl::expected<std::string, language::Fault> file_under(const std::string& under, const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto root = fs::weakly_canonical(under, error);
  const auto full = fs::weakly_canonical(root / path, error);
  const auto relative = full.lexically_relative(root);
  const bool inside = !error && !relative.empty() && *relative.begin() != "..";
  if (inside) return full.string();
  return tl::make_unexpected(
      language::Fault{.kind = language::FaultKind::kUnauthorizedFile,
                      .message = fmt::format("{} is not under {}; check --file-root", path, root.string())});
}

std::string Frame::beside(const std::string& path) const {
  namespace fs = std::filesystem;
  if (path.empty()) return path;
  auto out = (fs::path(folder_.empty() ? "." : folder_) / path).lexically_normal().string();
  std::error_code error;
  const bool elsewhere = !fs::exists(out, error) && fs::exists(path, error);
  return elsewhere ? path : out;
}

std::string Frame::file_root() const {
  const auto& given = session_.inputs.file_root;
  return !given.empty() ? given : folder_.empty() ? "." : folder_;
}

tl::expected<std::string, language::Fault> Frame::path_of(const std::string& path) const {
  return file_under(file_root(), path);
}

tl::expected<std::string, language::Fault> Frame::read_file(const std::string& path) {
  return read_file_under(file_root(), path);
}

tl::expected<std::string, language::Fault> read_file_under(const std::string& root, const std::string& path) {
  auto full = file_under(root, path);
  if (!full) return full;
  auto text = config::read_small_file(*full, kMaxFile);
  if (text) return std::move(*text);
  return tl::make_unexpected(
      language::Fault{.kind = language::FaultKind::kFileRead, .message = fmt::format("file {} can not be read", path)});
}

}  // namespace vedette::scenarios
