// One attempt of a step: it asks, sleeps or sets, and has the answer judged.

#include "scenarios/run/leaf_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/workers.hpp"
#include "checks/kind.hpp"
#include "config/duration.hpp"
#include "net/io/offload.hpp"
#include "scenarios/http/curl.hpp"
#include "scenarios/run/check_step.hpp"
#include "scenarios/run/render.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

using language::Fault;
using language::FaultKind;

namespace {

constexpr std::size_t kExcerpt = 64 << 10;

/// Freeing a large answer takes long, so a worker does it.
std::shared_ptr<const language::Subject> shared_answer(language::Subject subject) {
  if (subject.body.size() <= net::kSmallAnswer) return std::make_shared<const language::Subject>(std::move(subject));
  return freed_by_worker(std::move(subject));
}

}  // namespace

asio::awaitable<void> LeafStep::attempt() {
  if (session_.halted() != Halt::kNo) {
    add_halt();
    co_return;
  }
  if (session_.cpu_used_up()) {
    add({{.kind = FaultKind::kLimit, .message = "the limit of time to evaluate is reached", .limit = "cpu"},
         step_.origin});
    final_ = true;
    co_return;
  }
  if (const auto* http = std::get_if<HttpAction>(&step_.action)) co_return co_await attempt_http(*http);
  if (const auto* check = std::get_if<CheckAction>(&step_.action)) co_return co_await attempt_check(*check);
  if (const auto* sleep = std::get_if<SleepAction>(&step_.action)) {
    if (!co_await attempt_sleep(*sleep)) co_return;
  }
  if (const auto* set = std::get_if<SetAction>(&step_.action)) {
    attempt_set(*set);
    if (failed()) co_return;
  }
  answered_ = true;
  co_await judge(std::make_shared<language::Subject>());
}

asio::awaitable<bool> LeafStep::attempt_sleep(const SleepAction& action) {
  auto text = render_text(action.duration, frame_);
  if (!text) {
    add(text.error());
    co_return false;
  }
  const auto duration = config::parse_duration(*text);
  if (!duration) {
    add({{.kind = FaultKind::kInvalidOption, .message = duration.error()}, action.duration.origin});
    co_return false;
  }
  const bool whole = co_await session_.pause(*duration);
  if (!whole) add_halt();
  co_return whole;
}

void LeafStep::attempt_set(const SetAction& action) {
  for (const auto& [name, tree] : action.values) {
    auto value = render(tree, frame_);
    if (!value) return add(value.error());
    out_.captures.push_back({name, std::string(language::kind_of(*value)),
                             value->is_secret() ? "***" : session_.masked(language::described(*value)),
                             value->is_secret()});
    frame_.variables[name] = std::move(*value);
  }
}

asio::awaitable<void> LeafStep::attempt_http(const HttpAction& action) {
  if (action.cookie_storage_clear) session_.jar.clear();
  if (!action.cookie_storage_set.empty()) session_.jar.add_line(action.cookie_storage_set);
  auto request = render_request(action, options_, frame_);
  if (!request) co_return add(request.error());
  const auto body = options_.max_body > 0 ? options_.max_body : session_.limits.body;
  HttpCall call(std::move(*request), options_,
                {.jar = session_.jar,
                 .connections = session_.connections,
                 .requests_left = session_.requests_left,
                 .random = session_.random,
                 .prepared = session_.prepared,
                 .keeps_cookies = session_.inputs.keeps_cookies},
                {.body = static_cast<std::size_t>(body),
                 .inflated = static_cast<std::size_t>(std::max(body, session_.limits.inflated)),
                 .inflation = static_cast<std::size_t>(session_.limits.inflation),
                 .excerpt = kExcerpt});
  call.subject.reading = reading();
  const auto result = co_await session_.run(call, step_.timeout > Duration::zero() ? step_.timeout : options_.max_time,
                                            options_.connect_timeout);
  for (const auto& secret : call.secrets) session_.keep_secret(secret);
  note_answer(result);
  co_await take_answer(action, call, result);
  // As it was sent: with what authenticates it.
  const bool wanted = session_.inputs.keeps_details || !out_.findings.empty();
  if (wanted) {
    const auto& [plan, url, oauth2] = call.request();
    const auto& sent = call.calls.empty() ? plan.headers : call.calls.front().request_headers;
    out_.curl =
        session_.masked(curl_command(plan.method, url, sent, plan.body.value_or(""), options_, session_.secret_names));
  }
  out_.attempts.back().calls = std::move(call.calls);
}

asio::awaitable<void> LeafStep::take_answer(const HttpAction& action, HttpCall& call, const Result& result) {
  if (!call.calls.empty()) {
    status_ = call.calls.back().status;
    answer_headers_ = call.calls.back().headers;
  }
  if (!call.limit.empty() && !action.hurl) {
    co_return add(
        {{.kind = FaultKind::kLimit, .span = action.url.text.span, .message = result.message, .limit = call.limit},
         action.url.origin});
  }
  if (!result.passed()) {
    co_return add_transport(result.reason, result.message, call.fault.value_or(FaultKind::kHttpConnection),
                            action.url.origin, action.url.text.span);
  }
  answered_ = true;
  size_ = static_cast<double>(call.subject.body.size());
  write_output(call);
  const auto subject = shared_answer(std::move(call.subject));
  co_await look_at_poll(subject);
  if (!step_.poll || polled_) co_await judge(subject);
}

asio::awaitable<void> LeafStep::attempt_check(const CheckAction& action) {
  auto settings = action.settings;
  auto target = action.target;
  if (!action.constant) {
    const auto before = session_.now();
    auto decoded = decode_check(action, frame_);
    session_.prepared += session_.now() - before;
    if (!decoded) co_return add(decoded.error());
    settings = std::move(decoded->settings);
    target = std::move(decoded->target);
  }
  constexpr std::chrono::seconds kDefault{5};
  const Duration own = step_.timeout > Duration::zero() ? step_.timeout : Duration(kDefault);
  language::Subject subject;
  subject.reading = reading();
  const auto& form = *action.kind->step;
  std::vector<Result> runs;
  for (int i = 0; i < action.count; ++i) {
    if (i > 0 && !co_await session_.pause(action.pause)) break;
    if (session_.requests_left-- <= 0) {
      co_return add({{.kind = FaultKind::kLimit, .message = "the limit of requests is reached", .limit = "requests"},
                     step_.origin});
    }
    language::Subject one;
    one.reading = subject.reading;
    runs.push_back(co_await session_.run(*action.kind, settings, target, own, one));
    const bool none_passed_before =
        std::none_of(runs.begin(), runs.end() - 1, [](const Result& run) { return run.passed(); });
    if (runs.back().passed() || none_passed_before) subject = std::move(one);
    note_answer(runs.back());
  }
  if (form.sum_up != nullptr) form.sum_up(runs, subject);
  const auto& last = runs.back();
  const bool judged = last.reason == form.judged_by_lines && (!step_.expect.empty() || step_.poll);
  const bool some = form.sum_up != nullptr && (action.count > 1 || last.passed());
  if (!last.passed() && !judged && !some) {
    co_return add_transport(last.reason, last.message, FaultKind::kHttpConnection, step_.origin, {});
  }
  answered_ = true;
  const auto shared = shared_answer(std::move(subject));
  co_await look_at_poll(shared);
  if (!step_.poll || polled_) co_await judge(shared);
}

void LeafStep::note_answer(const Result& result) {
  auto& attempt = out_.attempts.back();
  attempt.phases.insert(attempt.phases.end(), result.phases.begin(), result.phases.end());
}

void LeafStep::write_output(const HttpCall& call) {
  if (options_.output.empty() || !session_.inputs.may_write) return;
  if (options_.output == "-") {
    std::cout << call.subject.body << std::flush;
    return;
  }
  const auto path = frame_.path_of(options_.output);
  const auto refuse = [&](language::Fault fault) {
    fault.span = output_.first;
    add({std::move(fault), output_.second});
  };
  if (!path) return refuse(path.error());
  std::ofstream file(*path, std::ios::binary);
  file << call.subject.body;
  file.close();
  if (file) return;
  refuse({.kind = FaultKind::kFileWrite, .message = fmt::format("{} can not be written", options_.output)});
}

}  // namespace vedette::scenarios
