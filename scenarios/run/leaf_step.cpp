#include "scenarios/run/leaf_step.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/secret.hpp"
#include "scenarios/run/attempts.hpp"
#include "scenarios/run/render.hpp"
#include "scenarios/run/thresholds.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

using language::Fault;
using language::FaultKind;

namespace {

constexpr std::size_t kShownHeader = 200;

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
            .message = fmt::format("invalid header option value <{}>: missing `:`", printable(text, kShownHeader))};
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

asio::awaitable<bool> LeafStep::again(std::int64_t made) {
  if (final_ || session_.halted() != Halt::kNo) co_return false;
  if (step_.poll) co_return co_await poll_again(*step_.poll, made);
  Retry retry = step_.retry;
  if (options_.retry) {
    retry.max = *options_.retry;
    retry.on = {Transient::kAny};
    retry.backoff = {.interval = options_.retry_interval, .max = options_.retry_interval};
  }
  if (retry.max >= 0 && made > retry.max) co_return false;
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
