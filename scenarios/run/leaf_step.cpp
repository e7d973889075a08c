#include "scenarios/run/leaf_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <utility>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "config/duration.hpp"
#include "config/secret.hpp"
#include "language/lines/evaluate.hpp"
#include "language/lines/expectations.hpp"
#include "language/values/json.hpp"
#include "net/io/offload.hpp"
#include "net/io/turn.hpp"
#include "scenarios/http/curl.hpp"
#include "scenarios/run/attempts.hpp"
#include "scenarios/run/check_step.hpp"
#include "scenarios/run/http_asserts.hpp"
#include "scenarios/run/render.hpp"
#include "scenarios/run/snapshot.hpp"
#include "scenarios/run/thresholds.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

using language::Fault;
using language::FaultKind;

namespace {

constexpr std::size_t kExcerpt = 64 << 10;
constexpr std::size_t kShownCapture = 200;

bool is_early(const Line& line) {
  return line.alternatives.empty() && line.assert.query.kind == language::QueryKind::kStatus;
}

/// Bytes that a value takes, as far as limits go.
std::size_t size_of(const language::Value& value) {
  if (const auto* text = value.get<std::string>()) return text->size();
  if (const auto* bytes = value.get<language::Bytes>()) return bytes->data.size();
  if (value.list() == nullptr && value.object() == nullptr) return sizeof(std::int64_t);
  return language::to_json(value).size();
}

/// The front of a captured value, letters of all languages among it.
std::string shown_capture(std::string text) {
  if (text.size() <= kShownCapture) return visible(text);
  auto end = kShownCapture;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  return visible(text) + "...";
}

/// Freeing a large answer takes long, so a worker does it.
std::shared_ptr<const language::Subject> shared_answer(language::Subject subject) {
  if (subject.body.size() <= net::kSmallAnswer) return std::make_shared<const language::Subject>(std::move(subject));
  return freed_by_worker(std::move(subject));
}

}  // namespace

bool LeafStep::failed() const {
  return std::any_of(out_.findings.begin(), out_.findings.end(), [](const Finding& one) { return !one.warns; });
}

void LeafStep::add(const Problem& problem, bool warns) {
  auto finding = finding_of(session_, problem);
  finding.warns = warns;
  out_.findings.push_back(std::move(finding));
}

void LeafStep::add_transport(Reason reason, const std::string& message, FaultKind kind, const Origin& origin,
                             language::Span span) {
  Finding out = finding_of(session_, {{.kind = kind, .span = span, .message = message}, origin});
  out.reason = reason;
  if (name_of(reason).starts_with("timeout_") && session_.halted() == Halt::kDeadline) {
    auto failure = session_.too_late();
    out.reason = failure.reason;
    out.message = std::move(failure.message);
  }
  transport_ = out.reason;
  out_.findings.push_back(std::move(out));
}

void LeafStep::add_halt() {
  final_ = true;
  if (session_.halted() == Halt::kCancelled) {
    return add_transport(Reason::kCancelled, "the run was cancelled", FaultKind::kHttpConnection, step_.origin, {});
  }
  const auto failure = session_.too_late();
  add_transport(failure.reason, failure.message, FaultKind::kHttpConnection, step_.origin, {});
}

void LeafStep::add_cut_off() {
  out_.findings.clear();
  final_ = true;
  if (cut_off_ == Reason::kDeadline) return add_halt();
  const auto* why = cut_off_ == Reason::kTimeoutExpect
                        ? "looking at the answer took longer than the step's timeout and its share of limits.cpu"
                        : "there is too much to do, or too little memory, to look at the answer";
  add_transport(cut_off_, why, FaultKind::kHttpConnection, step_.origin, {});
}

Duration LeafStep::patience() const {
  // A worker shares its core with others.
  constexpr int kShare = 4;
  const Duration by_cpu = session_.limits.cpu * kShare;
  return step_.timeout > Duration::zero() ? std::min(step_.timeout, by_cpu) : by_cpu;
}

bool LeafStep::prepare() {
  const auto* action = std::get_if<HttpAction>(&step_.action);
  if (action == nullptr) return true;
  if (!action->hurl) {
    options_.max_redirects = kMaxRedirects;
    options_.max_time = std::chrono::seconds(300);
  }
  for (const auto* list : {&session_.inputs.options, &action->options}) {
    for (const auto& setting : *list) {
      if (auto fault = take_option(setting, list == &session_.inputs.options)) {
        add({std::move(*fault), setting.origin});
        settle();
        return false;
      }
    }
  }
  return true;
}

language::Reading LeafStep::reading() const {
  auto out = frame_.reading();
  out.node_lists = options_.node_lists;
  return out;
}

std::optional<Fault> LeafStep::take_option(const OptionSetting& setting, bool from_outside) {
  const Session::Cpu cpu(session_);
  auto value = value_of(setting, frame_);
  if (!value) return std::move(value.error());
  const auto text = language::plain_text(*value).value_or("");
  // Files that the command line names are where it stands.
  const auto found = [&](const std::string& path) { return from_outside ? path : frame_.beside(path); };
  switch (setting.option) {
    case Option::kVariable:
      frame_.variables[setting.name] = std::move(*value);
      return std::nullopt;
    case Option::kCert:
      // It may have a password behind it.
      apply(setting.option, *value, options_);
      options_.cert_file = found(options_.cert_file);
      return std::nullopt;
    case Option::kCaCert:
    case Option::kNetrcFile:
    case Option::kKey:
    case Option::kPinnedPubKey:
      // What is no file in truth, a digest, is left alone.
      if (text.starts_with("sha256//")) break;
      apply(setting.option, language::Value(found(text)), options_);
      return std::nullopt;
    case Option::kHeader:
      if (text.find(':') == std::string::npos) {
        return Fault{
            .kind = FaultKind::kInvalidOption,
            .span = setting.span,
            .message = fmt::format("invalid header option value <{}>: missing `:`", printable(text, kShownCapture))};
      }
      break;
    case Option::kOutput:
      output_ = {setting.span, setting.origin};
      break;
    default:
      break;
  }
  apply(setting.option, *value, options_);
  return std::nullopt;
}

asio::awaitable<void> LeafStep::run() {
  const auto began = session_.now();
  Duration delay = options_.delay;
  if (!step_.delay.empty()) {
    auto text = render_text(step_.delay, frame_);
    const auto parsed = text ? config::parse_duration(*text) : tl::make_unexpected(std::string());
    if (!parsed) {
      add(text ? Problem{{.kind = FaultKind::kInvalidOption, .message = parsed.error()}, step_.delay.origin}
               : text.error());
      settle();
      co_return;
    }
    delay = *parsed;
  }
  if (delay > Duration::zero()) co_await session_.pause(delay);
  std::int64_t made = 0;
  do {
    out_.findings.clear();
    out_.asserts.clear();
    out_.captures.clear();
    transport_ = Reason::kNone;
    status_ = 0;
    answer_headers_.clear();
    answered_ = false;
    AttemptRecord record;
    record.began = session_.now();
    out_.attempts.push_back(std::move(record));
    co_await attempt();
    looked_at_.reset();
    trees_.reset();
    if (cut_off_ != Reason::kNone) add_cut_off();
    auto& made_record = out_.attempts.back();
    made_record.duration = session_.now() - made_record.began;
    if (!out_.findings.empty()) {
      made_record.reason = out_.findings.front().reason;
      made_record.message = sentence_of(out_.findings.front());
    }
    ++made;
  } while (co_await again(made));
  if (step_.poll && !polled_ && !failed()) add_halt();
  out_.duration = session_.now() - began;
  judge_thresholds(step_, answered_ ? std::optional(size_) : std::nullopt, out_);
  settle();
}

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
    const auto& plan = call.plan();
    const auto& sent = call.calls.empty() ? plan.headers : call.calls.front().request_headers;
    out_.curl = session_.masked(
        curl_command(plan.method, plan.url, sent, plan.body.value_or(""), options_, session_.secret_names));
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
    const bool first_to_pass =
        std::none_of(runs.begin(), runs.end() - 1, [](const Result& run) { return run.passed(); });
    if (runs.back().passed() || first_to_pass) subject = std::move(one);
    note_answer(runs.back());
  }
  if (form.sum_up != nullptr) form.sum_up(runs, subject);
  const auto& last = runs.back();
  const bool judged = last.reason == form.judged_by_lines && !step_.expect.empty();
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

template <typename T>
asio::awaitable<tl::expected<T, Fault>> LeafStep::ask(
    SubjectPtr subject, std::function<T(const language::Subject&, language::Scope&)> question) {
  const auto fault = tl::make_unexpected(Fault{.kind = FaultKind::kLimit, .message = "the answer was not looked at"});
  if (cut_off_ != Reason::kNone) co_return fault;
  if (session_.context.slice.used_up()) co_await net::let_others(session_.context);
  if (subject->body.size() <= net::kSmallAnswer) {
    const Session::Cpu cpu(session_);
    co_return question(*subject, frame_);
  }
  // The check owns what the question asks.
  struct Asked {
    CheckPtr check;
    SubjectPtr subject;
    Snapshot scope;
    std::function<T(const language::Subject&, language::Scope&)> question;
    std::shared_ptr<Held> trees;
    std::optional<T> answer{};
    Duration cpu{};
  };
  // What one question has made of the body stays for the next.
  if (std::exchange(looked_at_, subject) != subject) trees_ = std::make_shared<Held>();
  const auto asked =
      std::make_shared<Asked>(session_.context.check, subject, Snapshot(frame_), std::move(question), trees_);
  const bool fits = trees_->grow_to(subject->body.size() * net::kTreeCost);
  const auto look = [asked] {
    const auto began = thread_time();
    asked->answer.emplace(asked->question(*asked->subject, asked->scope));
    asked->cpu = thread_time() - began;
  };
  bool busy = !fits;
  bool worked = false;
  if (fits) worked = co_await session_.elsewhere(look, patience(), busy);
  if (!worked) {
    cut_off_ = busy                             ? Reason::kLocalResources
               : session_.halted() != Halt::kNo ? Reason::kDeadline
                                                : Reason::kTimeoutExpect;
    co_return fault;
  }
  for (const auto& secret : asked->scope.secrets()) session_.keep_secret(secret);
  session_.use_cpu(asked->cpu);
  co_return std::move(*asked->answer);
}

asio::awaitable<std::optional<Fault>> LeafStep::why_not(const language::Assert& line, SubjectPtr subject) {
  auto answer = co_await ask<std::optional<Fault>>(
      std::move(subject),
      [&line](const language::Subject& of, language::Scope& scope) { return language::judge(line, of, scope); });
  if (answer) co_return std::move(*answer);
  auto fault = std::move(answer.error());
  fault.span = line.span;
  co_return fault;
}

asio::awaitable<void> LeafStep::look_at_poll(SubjectPtr subject) {
  if (!step_.poll) co_return;
  for (const auto& line : step_.poll->abort_if) {
    if (co_await why_not(line.assert, subject)) continue;
    const auto found_by =
        co_await ask<language::Looked>(subject, [&line](const language::Subject& of, language::Scope& scope) {
          return language::look(line.assert.query, line.assert.filters, of, scope);
        });
    const bool known = found_by && *found_by;
    Finding found =
        finding_of(session_, {{.span = line.assert.span,
                               .message = known ? "poll aborted: " + language::described(**found_by) : "poll aborted"},
                              line.origin});
    found.reason = Reason::kPollAbort;
    out_.findings.push_back(std::move(found));
    polled_ = false;
    final_ = true;
    co_return;
  }
  waiting_for_.reset();
  for (const auto& line : step_.poll->until) {
    auto fault = co_await why_not(line.assert, subject);
    if (!fault) continue;
    waiting_for_ = finding_of(session_, {std::move(*fault), line.origin});
    co_return;
  }
  polled_ = true;
}

asio::awaitable<bool> LeafStep::judge_line(const Line& line, SubjectPtr subject) {
  auto fault = co_await why_not(line.assert, subject);
  for (const auto& other : line.alternatives) {
    if (!fault) break;
    if (!co_await why_not(other.assert, subject)) fault.reset();
  }
  AssertRecord record;
  record.text = session_.masked(line.assert.text);
  record.place = line.origin.place(line.assert.span.begin);
  record.holds = !fault;
  record.warns = line.severity == Verdict::kWarn;
  if (fault) {
    add({std::move(*fault), line.origin}, record.warns);
    record.message = sentence_of(out_.findings.back());
  }
  out_.asserts.push_back(std::move(record));
  co_return out_.asserts.back().holds;
}

asio::awaitable<void> LeafStep::judge(SubjectPtr subject) {
  const bool hurl = std::holds_alternative<HttpAction>(step_.action) && std::get<HttpAction>(step_.action).hurl;
  const bool asks = !session_.inputs.ignore_asserts;
  std::vector<Problem> problems;
  if (asks && step_.implicit) {
    const auto& origin = std::get<HttpAction>(step_.action).url.origin;
    check_version_and_status(*step_.implicit, origin, *subject, problems);
    for (const auto& problem : problems) add(problem);
    if (!problems.empty()) co_return;
  }
  if (asks && !hurl) {
    bool held = true;
    for (const auto& line : step_.expect) {
      if (is_early(line)) held = co_await judge_line(line, subject) && held;
    }
    if (!held && failed()) co_return co_await take_captures(subject, true);
  }
  co_await take_captures(subject, false);
  if (failed() || !asks) co_return;
  if (step_.implicit) {
    const Session::Cpu cpu(session_);
    check_headers(*step_.implicit, *subject, frame_, problems);
    std::vector<std::string> diff;
    check_body(*step_.implicit, *subject, frame_, problems, diff);
    for (const auto& problem : problems) {
      add(problem);
      if (problem.fault.kind != FaultKind::kAssertBody) continue;
      for (auto& line : diff) out_.findings.back().diff.push_back(session_.masked(std::move(line)));
    }
  }
  for (const auto& line : step_.expect) {
    if (hurl || !is_early(line)) co_await judge_line(line, subject);
  }
}

asio::awaitable<void> LeafStep::take_captures(SubjectPtr subject, bool always_only) {
  for (const auto& capture : step_.captures) {
    if (always_only && !capture.always) continue;
    if (!co_await take_capture(capture, subject) && !always_only) co_return;
  }
}

asio::awaitable<bool> LeafStep::take_capture(const NamedCapture& capture, SubjectPtr subject) {
  auto name = render_text(capture.name, frame_);
  if (!name) {
    add(name.error());
    co_return false;
  }
  using Taken = tl::expected<language::Value, Fault>;
  auto asked = co_await ask<Taken>(std::move(subject), [&capture](const language::Subject& of, language::Scope& scope) {
    return language::take(capture.capture, of, scope);
  });
  auto value = asked ? std::move(*asked) : Taken(tl::make_unexpected(std::move(asked.error())));
  if (!value) {
    add({std::move(value.error()), capture.origin});
    co_return false;
  }
  const auto size = size_of(*value);
  const bool large = size > static_cast<std::size_t>(session_.limits.captured_value);
  session_.captured_left -= static_cast<std::int64_t>(size);
  if (large || session_.captured_left < 0) {
    const auto* limit = large ? "captured_value" : "captured_bytes";
    add({{.kind = FaultKind::kLimit,
          .span = capture.capture.span,
          .message = fmt::format("the capture {} has {} bytes: the limit {} is reached", *name, size, limit),
          .limit = limit},
         capture.origin});
    co_return false;
  }
  if (capture.capture.redact) {
    const bool fits = !capture.capture.query.strict_hurl || value->get<std::string>() != nullptr;
    const auto text = fits ? language::plain_text(*value) : std::nullopt;
    if (!text) {
      add({{.kind = FaultKind::kInvalidSecret,
            .span = capture.name.text.span,
            .message = fmt::format("secret must be string, actual value is <{}>", language::kind_of(*value))},
           capture.origin});
      co_return false;
    }
    session_.keep_secret(*text);
    session_.secret_names.emplace_back(*name, *text);
    value = value->as_secret();
  }
  const bool secret = value->is_secret();
  auto shown = secret ? "***" : shown_capture(language::plain_text(*value).value_or(language::to_json(*value)));
  out_.captures.push_back({*name, std::string(language::kind_of(*value)), session_.masked(std::move(shown)), secret});
  frame_.variables[*name] = std::move(*value);
  co_return true;
}

asio::awaitable<bool> LeafStep::again(std::int64_t made) {
  if (final_ || session_.halted() != Halt::kNo) co_return false;
  if (step_.poll) co_return co_await poll_again(*step_.poll, made);
  Retry retry = step_.retry;
  if (options_.retry) {
    retry.most = *options_.retry;
    retry.on = {Transient::kAny};
    retry.backoff = {.interval = options_.retry_interval, .most = options_.retry_interval};
  }
  if (retry.most >= 0 && made > retry.most) co_return false;
  if (!is_one_of(retry.on, transport_, status_, failed())) co_return false;
  auto wait = wait_before(retry.backoff, made + 1, session_.random);
  const auto asked = retry_after(answer_headers_);
  if (asked && (status_ == 429 || status_ == 503)) wait = std::max(wait, *asked);
  if (wait >= session_.left()) co_return false;
  co_return co_await session_.pause(wait);
}

asio::awaitable<bool> LeafStep::poll_again(const Poll& poll, std::int64_t made) {
  const bool tolerated = answered_ || is_one_of(poll.tolerate, transport_, status_, false);
  if (polled_ || !tolerated) co_return false;
  out_.polled = true;
  const auto wait = wait_before(poll.backoff, made + 1, session_.random);
  const auto spent = session_.now() - out_.attempts.front().began;
  if (made >= poll.max_attempts || spent + wait > poll.max_time) {
    give_up(poll, made, spent);
    co_return false;
  }
  const auto before = session_.now();
  const bool on = co_await session_.pause(wait);
  out_.poll_wait += session_.now() - before;
  co_return on;
}

void LeafStep::give_up(const Poll& poll, std::int64_t made, Duration spent) {
  Finding found;
  found.place = step_.origin.place();
  if (waiting_for_) found = *waiting_for_;
  found.message = fmt::format("poll gave up after {} of {} attempts, {} of {}: {}", made, poll.max_attempts,
                              config::format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(spent)),
                              config::format_duration(poll.max_time),
                              waiting_for_ ? sentence_of(*waiting_for_) : std::string("no answer"));
  found.actual.clear();
  found.expected.clear();
  found.reason = Reason::kPollTimeout;
  out_.findings.clear();
  out_.findings.push_back(std::move(found));
}

void LeafStep::settle() {
  out_.state = State::kPass;
  for (auto& finding : out_.findings) {
    // Assertions are the target's; polls and thresholds are too.
    const bool judged = language::is_assert(finding.kind) &&
                        (finding.reason == Reason::kExpectUnmet || finding.reason == Reason::kThreshold ||
                         finding.reason == Reason::kPollAbort || finding.reason == Reason::kPollTimeout);
    auto state = judged ? State::kFail : State::kError;
    if (finding.warns || step_.severity == Verdict::kWarn) state = State::kWarn;
    if (out_.state == State::kPass || state == State::kError || (state == State::kFail && out_.state == State::kWarn)) {
      const bool first = out_.state == State::kPass || out_.state == State::kWarn;
      out_.state = state;
      if (first) {
        out_.reason = finding.reason;
        out_.message = sentence_of(finding);
      }
    }
  }
}

}  // namespace vedette::scenarios
