// What a step finds of an answer: its lines, its captures, and what a poll waits for.

#include "scenarios/run/leaf_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "language/lines/evaluate.hpp"
#include "language/lines/expectations.hpp"
#include "language/values/json.hpp"
#include "net/io/offload.hpp"
#include "net/io/turn.hpp"
#include "scenarios/run/http_asserts.hpp"
#include "scenarios/run/snapshot.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

using language::Fault;
using language::FaultKind;

namespace {

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

}  // namespace

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

}  // namespace vedette::scenarios
