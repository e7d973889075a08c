#include "scenarios/reports/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/junit.hpp"
#include "base/text.hpp"
#include "scenarios/model/origin.hpp"
#include "scenarios/run/findings.hpp"

namespace vedette::scenarios {

namespace {

std::string paint(bool colour, std::string_view code, std::string_view text) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string_view colour_of(State state) {
  switch (state) {
    case State::kPass:
      return "1;32";
    case State::kWarn:
      return "1;33";
    case State::kFail:
      return "1;31";
    case State::kError:
      return "1;35";
    case State::kSkipped:
      return "2";
  }
  return "0";
}

std::string latency(Duration duration) {
  const auto s = seconds(duration);
  if (s >= 1) return fmt::format("{:.3f} s", s);
  return s >= 1e-3 ? fmt::format("{:.1f} ms", s * 1e3) : fmt::format("{:.0f} us", s * 1e6);
}

std::string bar(const StepRecord& step, Duration total, int width, bool colour) {
  const double scale = total > Duration::zero() ? width / seconds(total) : 0;
  const auto before = std::clamp(static_cast<int>(std::lround(seconds(step.began) * scale)), 0, width - 1);
  const auto length = std::clamp(static_cast<int>(std::lround(seconds(step.duration) * scale)), 1, width - before);
  std::string blocks;
  for (int i = 0; i < length; ++i) blocks += "█";
  return std::string(static_cast<std::size_t>(before), ' ') + paint(colour, step.leaf ? "36" : "2", blocks);
}

std::string details(const StepRecord& step, const TextStyle& style) {
  std::string out;
  if (!style.verbose && !step.bad()) return out;
  for (const auto& attempt : step.attempts) {
    for (const auto& call : attempt.calls) {
      out += fmt::format("      {} {} -> {}{}, {} bytes\n", call.method, call.url,
                         call.status == 0 ? std::string("no answer") : std::to_string(call.status),
                         call.ip.empty() ? "" : " from " + call.ip, call.bytes);
    }
  }
  if (style.verbose && !step.attempts.empty()) {
    for (const auto& part : step.attempts.back().phases) {
      out += fmt::format("      {:<12} {:>10}\n", name_of(part.phase), latency(part.duration));
    }
    for (const auto& capture : step.captures)
      out += fmt::format("      {} = {} ({})\n", capture.name, capture.value, capture.kind);
  }
  if (!step.curl.empty() && (step.bad() || style.verbose)) out += fmt::format("      {}\n", step.curl);
  return out;
}

/// The line that a request begins with, and dots when what is wrong is further down.
std::string entry_lines(const StepRecord& step, const Finding& finding, const std::string& margin) {
  if (step.request_line.empty() || finding.place.line <= step.request_line_number) return {};
  auto out = fmt::format("{} {}\n", margin, step.request_line);
  if (finding.place.line > step.request_line_number + 1) out += fmt::format("{} ...\n", margin);
  return out;
}

/// How wide line numbers are.
std::size_t number_width(const config::Source& source) {
  const auto lines = static_cast<std::size_t>(std::count(source.text.begin(), source.text.end(), '\n')) + 1;
  return std::max<std::size_t>(2, fmt::format("{}", lines).size());
}

std::string carets(int column, int width, const std::string& message) {
  auto out = std::string(static_cast<std::size_t>(std::max(0, column - 1)), ' ') +
             std::string(static_cast<std::size_t>(width), '^');
  return message.empty() ? out : out + " " + message;
}

std::string hurl_frame(const std::string& title, const config::Place& place, std::string_view line, int shown_column,
                       const std::string& entry, const std::vector<std::string>& under, bool colour) {
  const auto width = number_width(*place.source);
  const std::string margin = std::string(width, ' ') + " |";
  auto out = paint(colour, "1;31", "error") + ": " + paint(colour, "1", title) + "\n";
  out += fmt::format("{}--> {}:{}:{}\n{}\n", std::string(width, ' '), place.source->path, place.line, shown_column,
                     margin);
  out += entry;
  if (line.ends_with('\r')) line.remove_suffix(1);
  out += fmt::format("{:>{}} | {}\n", place.line, width, line);
  for (const auto& text : under) out += fmt::format("{} {}\n", margin, text);
  return out + margin + "\n\n";
}

std::vector<std::string> under_line(const Finding& finding) {
  using language::FaultKind;
  std::vector<std::string> out;
  if (finding.kind == FaultKind::kAssertFailure && !finding.actual.empty()) {
    out.push_back("  actual:   " + finding.actual);
    out.push_back("  expected: " + finding.expected);
    if (finding.type_mismatch) out.emplace_back("  >>> types between actual and expected are not consistent");
    return out;
  }
  if (!finding.diff.empty()) {
    for (const auto& line : finding.diff) out.push_back("  " + line);
    return out;
  }
  auto message = finding.message;
  if (message.empty() && !finding.actual.empty()) message = fmt::format("actual value is <{}>", finding.actual);
  if (finding.kind == FaultKind::kHeaderNotFound) message = "this header has not been found in the response";
  if (finding.kind == FaultKind::kNoQueryResult && message.empty()) message = "The query didn't return any result";
  out.push_back(carets(finding.place.column, finding.width, message));
  return out;
}

std::string hurl_finding(const StepRecord& step, const Finding& finding, bool colour) {
  const auto margin = std::string(number_width(*finding.place.source), ' ') + " |";
  const bool whole_line = finding.kind == language::FaultKind::kAssertFailure;
  return hurl_frame(std::string(language::title_of(finding.kind)), finding.place,
                    finding.line.empty() ? finding.place.source->line(finding.place.line) : finding.line,
                    whole_line ? 0 : finding.place.column, entry_lines(step, finding, margin), under_line(finding),
                    colour);
}

std::string yaml_finding(const StepRecord& step, const Finding& finding, const RunRecord& record, bool colour) {
  const auto word = finding.warns || step.state == State::kWarn ? "warn"
                    : step.state == State::kFail                ? "fail"
                                                                : "error";
  const auto sentence = sentence_of(finding);
  auto out = fmt::format("{}: {}: {}: {}\n", finding.place.source ? finding.place.text() : record.file,
                         paint(colour, "1;31", word), step.id, sentence);
  auto line = config::shown_line(finding.place);
  // What a run has learnt to be secret is masked as well.
  if (!line.empty() && !finding.line.empty() && line == finding.place.source->line(finding.place.line))
    line = finding.line;
  if (!line.empty()) {
    out += fmt::format(
        "{:>5} | {}\n      | {}\n", finding.place.line, line,
        carets(finding.place.column,
               std::min(finding.width, std::max(1, static_cast<int>(line.size()) - finding.place.column + 1)), ""));
  }
  for (const auto& text : finding.diff) out += fmt::format("      | {}\n", text);
  return out;
}

bool is_hurl(const Finding& finding) {
  if (!finding.place.source) return false;
  const auto& path = finding.place.source->path;
  return !path.ends_with(".yaml") && !path.ends_with(".yml");
}

JunitCase case_of(const RunRecord& record, const StepRecord& step) {
  JunitCase out{record.scenario, step.id, seconds(step.duration)};
  if (step.state == State::kSkipped) {
    out.outcome = JunitCase::Outcome::kSkipped;
    out.message = name_of(step.skipped);
  } else if (step.bad()) {
    out.outcome = step.state == State::kFail ? JunitCase::Outcome::kFailure : JunitCase::Outcome::kError;
    out.type = name_of(step.reason);
    out.message = step.message;
    for (const auto& finding : step.findings) {
      out.details += fmt::format("{}: {}\n", finding.place.text(), sentence_of(finding));
    }
  }
  return out;
}

}  // namespace

std::string to_text(const RunRecord& record, const TextStyle& style) {
  auto out =
      fmt::format("{}  {}  {}, {} request{}  (run {}, seed {})\n",
                  paint(style.colour, colour_of(record.state), name_of(record.state)), record.scenario,
                  latency(record.duration), record.requests, record.requests == 1 ? "" : "s", record.id, record.seed);
  std::size_t widest = 4;
  Duration total = record.duration;
  for (const auto& step : record.steps) {
    widest = std::max(widest, step.id.size());
    total = std::max(total, step.began + step.duration);
  }
  constexpr std::size_t kWidest = 40;
  widest = std::min(widest, kWidest);
  const int bar_width = std::clamp(style.width - static_cast<int>(widest) - 26, 10, 60);
  bool teardown = false;
  for (const auto& step : record.steps) {
    if (step.teardown && !teardown) out += "  teardown:\n";
    teardown = step.teardown;
    const auto state = paint(style.colour, colour_of(step.state), fmt::format("{:<7}", name_of(step.state)));
    if (step.state == State::kSkipped) {
      out += fmt::format("  {} {:<{}} {}\n", state, step.id, widest, name_of(step.skipped));
      continue;
    }
    const auto attempts = step.attempts.size() > 1 ? fmt::format(" x{}", step.attempts.size()) : std::string();
    out += fmt::format("  {} {:<{}} {:>10}  {}{}\n", state, step.id, widest, latency(step.duration),
                       bar(step, total, bar_width, style.colour), attempts);
    out += details(step, style);
  }
  for (const auto& threshold : record.thresholds) {
    out += fmt::format("  {} is {:.3f}: beyond {:g} ({})\n", threshold.of, threshold.value, threshold.bound,
                       threshold.fails ? "fail" : "warn");
  }
  if (record.reason != Reason::kNone) out += fmt::format("  {}: {}\n", name_of(record.reason), record.message);
  return out;
}

std::string findings_text(const RunRecord& record, const TextStyle& style) {
  std::string out;
  for (const auto& step : record.steps) {
    for (const auto& finding : step.findings) {
      out += is_hurl(finding) ? hurl_finding(step, finding, style.colour)
                              : yaml_finding(step, finding, record, style.colour);
    }
    if (step.findings.empty() || is_hurl(step.findings.front())) continue;
    if (!step.attempts.empty() && !step.attempts.back().calls.empty()) {
      const auto& call = step.attempts.back().calls.back();
      const auto answer = call.status == 0 ? std::string("no response")
                                           : fmt::format("last response {}, {} bytes{}", call.status, call.bytes,
                                                         call.content_type.empty() ? "" : ", " + call.content_type);
      out += fmt::format("  note: {}; run {}, seed {}\n", answer, record.id, record.seed);
    }
    if (!step.curl.empty()) out += fmt::format("  curl: {}\n", step.curl);
  }
  return out;
}

std::string syntax_error_text(const std::shared_ptr<const config::Source>& source, const language::SyntaxError& error,
                              bool colour) {
  const auto place = Origin::whole(source).place(error.at);
  auto message = error.message;
  if (!error.hint.empty()) message += ": " + error.hint;
  return hurl_frame(std::string(error.title), place, place.source->line(place.line), place.column, "",
                    {carets(place.column, 1, message)}, colour);
}

std::string to_junit(const std::vector<RunRecord>& records) {
  std::vector<JunitSuite> suites;
  for (const auto& record : records) {
    JunitSuite suite{record.scenario, seconds(record.duration), {}};
    for (const auto& step : record.steps) {
      if (step.leaf) suite.cases.push_back(case_of(record, step));
    }
    suites.push_back(std::move(suite));
  }
  return to_junit(suites);
}

std::string to_tap(const std::vector<RunRecord>& records) {
  std::string lines;
  int number = 0;
  for (const auto& record : records) {
    for (const auto& step : record.steps) {
      if (!step.leaf) continue;
      ++number;
      lines += fmt::format("{} {} - {}: {}", step.bad() ? "not ok" : "ok", number, record.scenario, step.id);
      lines += step.state == State::kSkipped ? fmt::format(" # SKIP {}\n", name_of(step.skipped)) : "\n";
      if (!step.bad()) continue;
      lines += "  ---\n";
      lines += fmt::format("  reason: {}\n", name_of(step.reason));
      for (const auto& finding : step.findings)
        lines += fmt::format("  # {}: {}\n", finding.place.text(), sentence_of(finding));
      lines += "  ...\n";
    }
  }
  return fmt::format("TAP version 13\n1..{}\n{}", number, lines);
}

}  // namespace vedette::scenarios
