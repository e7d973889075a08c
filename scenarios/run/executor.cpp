#include "scenarios/run/executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <deque>
#include <iterator>
#include <random>

#include "config/duration.hpp"
#include "language/lines/evaluate.hpp"
#include "net/io/services.hpp"
#include "scenarios/run/leaf_step.hpp"
#include "scenarios/run/render.hpp"
#include "scenarios/run/secrets.hpp"
#include "scenarios/run/summary.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

using language::FaultKind;
using language::Value;

namespace {

/// For names and seeds of runs: whatever asks the machine for chance is asked once.
std::uint64_t any_number() {
  thread_local std::mt19937_64 source{(static_cast<std::uint64_t>(std::random_device{}()) << 32U) |
                                      std::random_device{}()};
  return source();
}

class Executor {
 public:
  Executor(RunContext& context, const Scenario& scenario, const Inputs& inputs, std::uint64_t seed)
      : context_(context), scenario_(scenario), inputs_(inputs), session_(context, scenario, inputs, seed) {
    record_.seed = seed;
    record_.id = fmt::format("{:016x}", any_number());
    record_.scenario = scenario.name;
    record_.file = scenario.source ? scenario.source->path : "";
    record_.hurl = scenario.hurl;
    record_.started = std::chrono::system_clock::now();
  }

  asio::awaitable<RunRecord> go() {
    Frame frame(session_, scenario_.folder);
    session_.begin_part(scenario_.deadline);
    if (define(frame)) {
      Flow flow;
      co_await run_list(scenario_.steps, frame, "", flow, true);
      record_.duration = session_.now();
      session_.begin_part(scenario_.teardown_deadline);
      teardown_ = true;
      // What follows a step of the teardown that failed still runs.
      Flow last{.never_stops = true};
      co_await run_list(scenario_.teardown, frame, "", last, false);
    }
    finish();
    co_return std::move(record_);
  }

 private:
  /// What became of a list of steps so far.
  struct Flow {
    bool stopped = false;
    bool never_stops = false;
    State state = State::kPass;
    Reason reason = Reason::kNone;
    std::string message{};
  };

  bool broken(const std::string& message, Reason reason, const config::Place& place) {
    StepRecord out;
    out.id = "setup";
    out.kind = "set";
    out.state = State::kError;
    out.reason = reason;
    out.message = message;
    out.place = place;
    Finding finding;
    finding.kind = FaultKind::kUndefinedVariable;
    finding.reason = reason;
    finding.place = place;
    finding.message = message;
    out.findings.push_back(std::move(finding));
    steps_.push_back(std::move(out));
    return false;
  }

  bool define(Frame& frame) {
    // Those that are given from outside count for more than the scenario's own.
    auto sources = inputs_.secrets;
    std::copy_if(scenario_.secrets.begin(), scenario_.secrets.end(), std::back_inserter(sources), [&](const auto& own) {
      return std::none_of(inputs_.secrets.begin(), inputs_.secrets.end(),
                          [&](const auto& other) { return other.name == own.name; });
    });
    for (const auto& source : sources) {
      auto value = read_secret(source);
      if (!value) {
        return broken(fmt::format("secret {}: {}", source.name, value.error()), Reason::kLocalFile,
                      source.origin.place());
      }
      session_.keep_secret(*value);
      session_.secret_names.emplace_back(source.name, *value);
      frame.variables[source.name] = Value(std::move(*value)).as_secret();
    }
    // Those of the command line first, so that others may be made of them; and last, since they count for more.
    for (const auto& [name, value] : inputs_.variables) frame.variables[name] = value;
    for (const auto& [name, tree] : scenario_.vars) {
      if (inputs_.variables.contains(name)) continue;
      auto value = render(tree, frame);
      if (!value) {
        const auto finding = finding_of(session_, value.error());
        return broken(fmt::format("variable {}: {}", name, sentence_of(finding)), finding.reason, finding.place);
      }
      frame.variables[name] = std::move(*value);
    }
    return true;
  }

  StepRecord& begin(const Step& step, const std::string& prefix, bool leaf) {
    auto& out = steps_.emplace_back();
    out.id = prefix + step.id;
    out.name = step.name;
    out.kind = step.kind;
    out.place = step.origin.place();
    out.began = session_.now();
    out.teardown = teardown_;
    out.leaf = leaf;
    note_request_line(step, out);
    return out;
  }

  static void note_request_line(const Step& step, StepRecord& out) {
    if (!step.implicit && !std::holds_alternative<HttpAction>(step.action)) return;
    const auto place = step.origin.place();
    if (!place.source) return;
    out.request_line = place.source->line(place.line);
    out.request_line_number = place.line;
  }

  void skip(const Step& step, const std::string& prefix, Skip why) {
    auto& out = begin(step, prefix, is_leaf(step));
    out.state = State::kSkipped;
    out.skipped = why;
    ended(step, out);
  }

  static bool is_leaf(const Step& step) {
    return !std::holds_alternative<GroupAction>(step.action) && !std::holds_alternative<ForEachAction>(step.action) &&
           !std::holds_alternative<CallAction>(step.action);
  }

  void ended(const Step& step, StepRecord& out) {
    using language::Object;
    const auto status = out.attempts.empty() || out.attempts.back().calls.empty()
                            ? Value()
                            : Value(static_cast<std::int64_t>(out.attempts.back().calls.back().status));
    Object facts{{"state", Value(std::string(name_of(out.state)))},
                 {"status", status},
                 {"duration", Value(seconds(out.duration))},
                 {"attempts", Value(static_cast<std::int64_t>(out.attempts.size()))}};
    session_.step_facts[step.id] = Value::object(std::move(facts));
    if (inputs_.listener) inputs_.listener->step_ended(out);
  }

  asio::awaitable<void> run_list(const Steps& steps, Frame& frame, std::string prefix, Flow& flow, bool top) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool chosen = !top || (i + 1 >= inputs_.from_entry && (inputs_.to_entry == 0 || i < inputs_.to_entry));
      if (chosen) co_await run_step(steps[i], frame, prefix, flow);
    }
  }

  asio::awaitable<void> run_step(const Step& step, Frame& frame, std::string prefix, Flow& flow) {
    if (session_.halted() != Halt::kNo) {
      skip(step, prefix, session_.halted() == Halt::kDeadline ? Skip::kDeadline : Skip::kCancelled);
      co_return;
    }
    if (flow.stopped) {
      skip(step, prefix, Skip::kEarlierFailure);
      co_return;
    }
    const auto wanted = is_wanted(step, frame);
    if (!wanted) {
      auto& out = begin(step, prefix, is_leaf(step));
      fail(step, out, wanted.error());
      take(step, out, flow);
      co_return;
    }
    if (!*wanted) {
      skip(step, prefix, Skip::kWhen);
      co_return;
    }
    if (is_leaf(step)) {
      co_await run_leaf(step, frame, prefix, flow);
    } else {
      auto& out = begin(step, prefix, false);
      Flow inner{.never_stops = flow.never_stops};
      if (inputs_.listener) inputs_.listener->step_began(out);
      co_await run_inner(step, frame, prefix, inner, out);
      out.duration = session_.now() - out.began;
      if (severity_of(inner.state) > severity_of(out.state) || out.state == State::kSkipped) {
        out.state = inner.state;
        out.reason = inner.reason;
        out.message = inner.message;
      }
      if (step.severity == Verdict::kWarn && out.bad()) out.state = State::kWarn;
      take(step, out, flow);
    }
  }

  tl::expected<bool, Problem> is_wanted(const Step& step, Frame& frame) {
    if (!step.when) return true;
    const Session::Cpu cpu(session_);
    auto value = step.when->evaluate(frame);
    if (!value) return tl::make_unexpected(Problem{std::move(value.error()), step.when_origin});
    auto truth = language::truth_of(*value, step.when->span());
    if (!truth) return tl::make_unexpected(Problem{std::move(truth.error()), step.when_origin});
    return *truth;
  }

  void fail(const Step& step, StepRecord& out, const Problem& problem) {
    auto finding = finding_of(session_, problem);
    out.state = step.severity == Verdict::kWarn ? State::kWarn : State::kError;
    out.reason = finding.reason;
    out.message = sentence_of(finding);
    out.findings.push_back(std::move(finding));
  }

  /// Counts a step that has ended.
  void take(const Step& step, StepRecord& out, Flow& flow) {
    if (severity_of(out.state) > severity_of(flow.state)) {
      flow.state = out.state;
      flow.reason = out.reason;
      flow.message = out.message;
    }
    if (out.bad() && step.stops && !flow.never_stops && !inputs_.continue_on_error) flow.stopped = true;
    ended(step, out);
  }

  asio::awaitable<void> run_leaf(const Step& step, Frame& frame, std::string prefix, Flow& flow) {
    for (std::int64_t made = 0;; ++made) {
      auto& out = begin(step, prefix, true);
      if (made > 0) out.id += fmt::format("[{}]", made + 1);
      if (session_.steps_left-- <= 0) {
        fail(step, out,
             {{.kind = FaultKind::kLimit, .message = "the limit of steps is reached", .limit = "steps"}, step.origin});
        take(step, out, flow);
        co_return;
      }
      LeafStep leaf(session_, frame, step, out);
      if (!leaf.prepare()) {
        take(step, out, flow);
        co_return;
      }
      const auto times = leaf.repeat();
      if (times == 0) {
        out.skipped = Skip::kOption;
        ended(step, out);
        co_return;
      }
      if (inputs_.listener) inputs_.listener->step_began(out);
      co_await leaf.run();
      if (const auto* http = std::get_if<HttpAction>(&step.action); http != nullptr) {
        record_.requests += static_cast<std::int64_t>(calls_of(out));
      }
      take(step, out, flow);
      if (flow.stopped || (times > 0 && made + 1 >= times) || session_.halted() != Halt::kNo) co_return;
    }
  }

  static std::size_t calls_of(const StepRecord& step) {
    std::size_t out = 0;
    for (const auto& attempt : step.attempts) out += attempt.calls.size();
    return out;
  }

  asio::awaitable<void> run_inner(const Step& step, Frame& frame, std::string prefix, Flow& flow, StepRecord& out) {
    if (const auto* group = std::get_if<GroupAction>(&step.action)) {
      if (group->parallel > 0) {
        co_await run_parallel(*group, frame, prefix + step.id + "/", flow);
      } else {
        co_await run_list(*group->steps, frame, prefix + step.id + "/", flow, false);
      }
    } else if (const auto* loop = std::get_if<ForEachAction>(&step.action)) {
      co_await run_loop(step, *loop, frame, prefix, flow, out);
    } else if (const auto* call = std::get_if<CallAction>(&step.action)) {
      co_await run_call(step, *call, frame, prefix, flow, out);
    }
  }

  /// Steps that run at the same time.
  struct Branches {
    const Steps& steps;
    Frame& frame;
    std::string prefix;
    std::vector<Flow> flows;
    std::size_t next = 0;
  };

  /// Takes one branch after the other while there are any.
  asio::awaitable<void> run_branches(Branches& all) {
    while (all.next < all.steps.size()) {
      const auto mine = all.next++;
      co_await run_step(all.steps[mine], all.frame, all.prefix, all.flows[mine]);
    }
  }

  asio::awaitable<void> run_parallel(const GroupAction& group, Frame& frame, std::string prefix, Flow& flow) {
    Branches all{*group.steps, frame, std::move(prefix), {}};
    all.flows.resize(all.steps.size());
    for (auto& one : all.flows) one.never_stops = flow.never_stops;
    auto running = std::min(all.steps.size(), static_cast<std::size_t>(group.parallel));
    bool done = running == 0;
    net::Event event(context_.services.executor);
    std::exception_ptr thrown;
    for (auto workers = running; workers > 0; --workers) {
      asio::co_spawn(context_.services.executor, run_branches(all), [&](const std::exception_ptr& error) {
        if (error) thrown = error;
        if (--running > 0) return;
        done = true;
        event.notify();
      });
    }
    co_await session_.wait_for(event, done);
    if (thrown) std::rethrow_exception(thrown);
    for (const auto& one : all.flows) {
      if (severity_of(one.state) <= severity_of(flow.state)) continue;
      flow.state = one.state;
      flow.reason = one.reason;
      flow.message = one.message;
    }
  }

  asio::awaitable<void> run_loop(const Step& step, const ForEachAction& loop, Frame& frame, std::string prefix,
                                 Flow& flow, StepRecord& out) {
    std::vector<Value> items = loop.rows;
    if (loop.list || loop.items) {
      Rendered<Value> value = Value();
      if (loop.list) {
        auto found = loop.list->evaluate(frame);
        if (!found) co_return fail(step, out, {std::move(found.error()), loop.origin});
        value = std::move(*found);
      } else {
        value = render(*loop.items, frame);
        if (!value) co_return fail(step, out, value.error());
      }
      if (value->list() == nullptr) {
        co_return fail(step, out,
                       {{.kind = FaultKind::kInvalidType,
                         .message = fmt::format("for_each goes over a list, this is {}", language::described(*value))},
                        loop.origin});
      }
      items = *value->list();
    }
    if (static_cast<std::int64_t>(items.size()) > loop.max) {
      co_return fail(step, out,
                     {{.kind = FaultKind::kLimit,
                       .message = fmt::format("the list has {} items, max is {}", items.size(), loop.max),
                       .limit = "for_each"},
                      loop.origin});
    }
    const auto before = frame.variables.find(loop.as);
    const auto kept = before == frame.variables.end() ? std::nullopt : std::optional<Value>(before->second);
    for (std::size_t i = 0; i < items.size() && !flow.stopped; ++i) {
      frame.variables[loop.as] = items[i];
      co_await run_list(*loop.steps, frame, fmt::format("{}{}[{}]/", prefix, step.id, i), flow, false);
    }
    frame.variables.erase(loop.as);
    if (kept) frame.variables[loop.as] = *kept;
  }

  asio::awaitable<void> run_call(const Step& step, const CallAction& call, Frame& frame, std::string prefix, Flow& flow,
                                 StepRecord& out) {
    Frame own(session_, call.folder);
    for (const auto& [name, tree] : call.arguments) {
      auto value = render(tree, frame);
      if (!value) co_return fail(step, out, value.error());
      own.variables[name] = std::move(*value);
    }
    for (const auto& [name, tree] : call.vars) {
      if (own.variables.contains(name)) continue;
      auto value = render(tree, own);
      if (!value) co_return fail(step, out, value.error());
      own.variables[name] = std::move(*value);
    }
    co_await run_list(*call.steps, own, prefix + step.id + "/", flow, false);
    for (const auto& name : call.exports) {
      const auto found = own.variables.find(name);
      if (found != own.variables.end()) frame.variables[name] = found->second;
    }
  }

  void finish() {
    if (record_.duration == Duration::zero()) record_.duration = session_.now();
    record_.cookies = session_.masked(session_.jar.lines());
    record_.steps.assign(std::make_move_iterator(steps_.begin()), std::make_move_iterator(steps_.end()));
    sum_up(session_, scenario_, record_);
    if (inputs_.listener) inputs_.listener->run_ended(record_);
  }

  RunContext& context_;
  const Scenario& scenario_;
  const Inputs& inputs_;
  Session session_;
  RunRecord record_;
  std::deque<StepRecord> steps_;
  bool teardown_ = false;
};

}  // namespace

asio::awaitable<RunRecord> execute(RunContext& context, const Scenario& scenario, const Inputs& inputs) {
  const auto seed = inputs.seed.value_or(any_number());
  Executor executor(context, scenario, inputs, seed);
  co_return co_await executor.go();
}

}  // namespace vedette::scenarios
