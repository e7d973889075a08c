#include "scenarios/run/summary.hpp"

#include <fmt/format.h>

namespace vedette::scenarios {

namespace {

/// Takes the worst of the steps. A group is as bad as what is in it, unless it says that this is but a warning: so only
/// the outermost count, and the first bad leaf is the culprit.
class Worst {
 public:
  Worst(const Session& session, RunRecord& record) : session_(session), record_(record) {}

  void count(const StepRecord& step) {
    const bool outermost = step.id.find('/') == std::string::npos;
    const bool inner_culprit = record_.failed_step.empty() && step.bad() && step.leaf;
    if (outermost && severity_of(step.state) > severity_of(record_.state)) {
      record_.state = step.state;
      record_.reason = step.reason;
      record_.message = fmt::format("{}: {}", step.id, step.message);
      if (step.leaf) record_.failed_step = step.id;
    }
    if (inner_culprit && !outermost && culprit_.empty()) culprit_ = step.id;
    const bool bad = severity_of(record_.state) >= severity_of(State::kFail);
    if (record_.failed_step.empty() && !culprit_.empty() && bad) record_.failed_step = culprit_;
    if (step.skipped == Skip::kDeadline && !bad) count_late(step);
  }

 private:
  void count_late(const StepRecord& step) {
    const auto failure = session_.too_late();
    record_.state = State::kFail;
    record_.reason = failure.reason;
    record_.failed_step = step.id;
    record_.message = fmt::format("{}: {} before it began", step.id, failure.message);
  }

  const Session& session_;
  RunRecord& record_;
  std::string culprit_;
};

void judge(const std::vector<Threshold>& thresholds, RunRecord& record) {
  for (const auto& threshold : thresholds) {
    const double value =
        threshold.of == "scenario_total" ? seconds(record.duration) : static_cast<double>(record.requests);
    const bool fails =
        (threshold.fail && value > *threshold.fail) || (threshold.fail_below && value < *threshold.fail_below);
    const bool warns =
        (threshold.warn && value > *threshold.warn) || (threshold.warn_below && value < *threshold.warn_below);
    if (!fails && !warns) continue;
    const auto bound = fails ? (threshold.fail && value > *threshold.fail ? *threshold.fail : *threshold.fail_below)
                             : (threshold.warn && value > *threshold.warn ? *threshold.warn : *threshold.warn_below);
    record.thresholds.push_back({threshold.of, fails, value, bound, threshold.origin.place()});
    const auto state = fails ? State::kFail : State::kWarn;
    if (severity_of(state) <= severity_of(record.state)) continue;
    record.state = state;
    record.reason = Reason::kThreshold;
    record.message = fmt::format("{} is {:.3f}, the bound is {:g}", threshold.of, value, bound);
  }
}

/// What a secret that was learnt later may be in.
void mask(const Session& session, StepRecord& step) {
  const auto all = [&](std::string& text) { text = session.masked(std::move(text)); };
  all(step.message);
  all(step.request_line);
  all(step.curl);
  for (auto& finding : step.findings) {
    for (auto* text : {&finding.message, &finding.actual, &finding.expected}) all(*text);
    for (auto& line : finding.diff) all(line);
    if (finding.place.source) {
      finding.line = finding.place.source->line(finding.place.line);
      all(finding.line);
    }
  }
  for (auto& assertion : step.asserts) {
    all(assertion.message);
    all(assertion.text);
  }
  for (auto& capture : step.captures) all(capture.value);
  for (auto& attempt : step.attempts) {
    all(attempt.message);
    for (auto& call : attempt.calls) {
      all(call.url);
      all(call.excerpt);
      for (auto& [name, value] : call.headers) all(value);
      for (auto& [name, value] : call.request_headers) all(value);
    }
  }
}

}  // namespace

void sum_up(const Session& session, const Scenario& scenario, RunRecord& record) {
  Worst worst(session, record);
  record.teardown = State::kSkipped;
  for (const auto& step : record.steps) {
    if (step.teardown) {
      const bool first = record.teardown == State::kSkipped;
      if (first) record.teardown = State::kPass;
      if (severity_of(step.state) > severity_of(record.teardown)) record.teardown = step.state;
      if (!scenario.teardown_counts) continue;
    }
    worst.count(step);
  }
  judge(scenario.thresholds, record);
  if (session.context.stopped && severity_of(record.state) < severity_of(State::kFail)) {
    record.state = State::kError;
    record.reason = Reason::kCancelled;
    record.message = "the run was cancelled";
  }
  if (!session.redactor.empty()) {
    for (auto& step : record.steps) mask(session, step);
  }
  record.message = session.masked(std::move(record.message));
}

}  // namespace vedette::scenarios
