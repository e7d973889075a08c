#pragma once

// Runs one step that is not made of others: its attempts, assertions, captures and thresholds.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "net/io/run_memory.hpp"
#include "scenarios/http/http_call.hpp"
#include "scenarios/run/findings.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

class LeafStep {
 public:
  /// All of them outlive it.
  LeafStep(Session& session, Frame& frame, const Step& step, StepRecord& out)
      : session_(session), frame_(frame), step_(step), out_(out) {}

  /// Reads the options of a request, which tell how often the step is to run. False when they cannot be read; the
  /// record says why.
  bool prepare();
  /// How often it runs: zero means never, -1 without end.
  [[nodiscard]] std::int64_t repeat() const { return options_.skip ? 0 : options_.repeat.value_or(1); }
  boost::asio::awaitable<void> run();

 private:
  [[nodiscard]] language::Reading reading() const;
  std::optional<language::Fault> take_option(const OptionSetting& setting, bool from_outside);
  boost::asio::awaitable<void> attempt();
  boost::asio::awaitable<void> attempt_http(const HttpAction& action);
  boost::asio::awaitable<void> attempt_check(const CheckAction& action);
  boost::asio::awaitable<bool> attempt_sleep(const SleepAction& action);
  void attempt_set(const SetAction& action);
  /// Waits for the next attempt, if there is to be one.
  boost::asio::awaitable<bool> again(std::int64_t made);
  boost::asio::awaitable<bool> poll_again(const Poll& poll, std::int64_t made);
  void give_up(const Poll& poll, std::int64_t made, Duration spent);

  void add(const Problem& problem, bool warns = false);
  void add_transport(Reason reason, const std::string& message, language::FaultKind kind, const Origin& origin,
                     language::Span span);
  /// That the deadline, or somebody, ended what the step waited for.
  void add_halt();
  /// How long a worker may look at an answer.
  [[nodiscard]] Duration patience() const;
  /// That an answer was not looked at as a whole.
  void add_cut_off();
  void note_answer(const Result& result);
  using SubjectPtr = std::shared_ptr<const language::Subject>;
  /// What `question` finds of an answer: asked here, or by a worker of an answer that is large. A fault when the step
  /// was halted meanwhile.
  template <typename T>
  boost::asio::awaitable<tl::expected<T, language::Fault>> ask(
      SubjectPtr subject, std::function<T(const language::Subject&, language::Scope&)> question);
  boost::asio::awaitable<std::optional<language::Fault>> why_not(const language::Assert& line, SubjectPtr subject);
  /// Looks at what a request was answered, or why it was not.
  boost::asio::awaitable<void> take_answer(const HttpAction& action, HttpCall& call, const Result& result);
  boost::asio::awaitable<void> judge(SubjectPtr subject);
  boost::asio::awaitable<bool> judge_line(const Line& line, SubjectPtr subject);
  boost::asio::awaitable<void> take_captures(SubjectPtr subject, bool always_only);
  boost::asio::awaitable<bool> take_capture(const NamedCapture& capture, SubjectPtr subject);
  boost::asio::awaitable<void> look_at_poll(SubjectPtr subject);
  void write_output(const HttpCall& call);
  void settle();
  [[nodiscard]] bool failed() const;

  Session& session_;
  Frame& frame_;
  const Step& step_;
  StepRecord& out_;
  HttpOptions options_;
  std::pair<language::Span, Origin> output_;  ///< where the name of the file to write stands
  int status_ = 0;
  net::Headers answer_headers_;
  Reason transport_ = Reason::kNone;  ///< why there was no answer
  double size_ = 0;
  bool answered_ = false;
  bool polled_ = false;             ///< what a poll waits for has come, or can come no more
  bool final_ = false;              ///< nothing more is tried, whatever came of it
  Reason cut_off_ = Reason::kNone;  ///< why an answer was not looked at as a whole
  std::optional<Finding> waiting_for_;
  SubjectPtr looked_at_;         ///< the large answer that a worker looked at
  std::shared_ptr<Held> trees_;  ///< for what it made of that
};

}  // namespace vedette::scenarios
