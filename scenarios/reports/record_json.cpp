#include "scenarios/reports/record_json.hpp"

#include <boost/json/array.hpp>

#include "base/rfc3339.hpp"
#include "scenarios/run/findings.hpp"

namespace vedette::scenarios {

namespace json = boost::json;

namespace {

json::value number(double value) {
  return value;
}

json::object place_of(const config::Place& place) {
  json::object out;
  if (!place.source) return out;
  out["file"] = place.source->path;
  out["line"] = place.line;
  out["column"] = place.column;
  return out;
}

json::array headers_of(const net::Headers& headers) {
  json::array out;
  for (const auto& [name, value] : headers) out.push_back(json::array{json::string(name), json::string(value)});
  return out;
}

json::object call_of(const CallRecord& call) {
  json::object request{{"method", call.method},
                       {"url", call.url},
                       {"headers", headers_of(call.request_headers)},
                       {"bytes", call.request_bytes}};
  json::object response{
      {"status", call.status}, {"version", call.version}, {"ip", call.ip},        {"headers", headers_of(call.headers)},
      {"bytes", call.bytes},   {"body", call.excerpt},    {"reused", call.reused}};
  return {{"request", std::move(request)}, {"response", std::move(response)}};
}

json::object attempt_of(const AttemptRecord& attempt) {
  json::array phases;
  for (const auto& part : attempt.phases) {
    phases.push_back(
        json::object{{"phase", name_of(part.phase)}, {"seconds", seconds(part.duration)}, {"hop", part.hop}});
  }
  json::array calls;
  for (const auto& call : attempt.calls) calls.push_back(call_of(call));
  json::object out{{"began", seconds(attempt.began)},
                   {"seconds", seconds(attempt.duration)},
                   {"phases", std::move(phases)},
                   {"calls", std::move(calls)}};
  if (attempt.reason != Reason::kNone) {
    out["reason"] = name_of(attempt.reason);
    out["error"] = attempt.message;
  }
  return out;
}

json::object threshold_of(const ExceededThreshold& threshold) {
  return {{"of", threshold.of},
          {"level", threshold.fails ? "fail" : "warn"},
          {"value", number(threshold.value)},
          {"bound", threshold.bound},
          {"place", place_of(threshold.place)}};
}

json::object finding_json(const Finding& finding) {
  auto place = place_of(finding.place);
  place["length"] = finding.width;
  json::object out{{"reason", name_of(finding.reason)},
                   {"message", sentence_of(finding)},
                   {"severity", finding.warns ? "warn" : "fail"},
                   {"span", std::move(place)}};
  if (!finding.actual.empty() || !finding.expected.empty()) {
    out["actual"] = finding.actual;
    out["expected"] = finding.expected;
  }
  if (!finding.limit.empty()) out["limit"] = finding.limit;
  return out;
}

json::object step_of(const StepRecord& step) {
  json::object out{
      {"id", step.id}, {"kind", step.kind}, {"state", name_of(step.state)}, {"span", place_of(step.place)}};
  if (!step.name.empty()) out["name"] = step.name;
  if (step.teardown) out["teardown"] = true;
  if (step.skipped != Skip::kNo) out["skipped"] = name_of(step.skipped);
  if (step.reason != Reason::kNone) {
    out["reason"] = name_of(step.reason);
    out["message"] = step.message;
  }
  if (step.state == State::kSkipped) return out;
  out["began"] = seconds(step.began);
  out["seconds"] = seconds(step.duration);
  if (step.polled) out["poll_wait_seconds"] = seconds(step.poll_wait);
  json::array attempts;
  for (const auto& attempt : step.attempts) attempts.push_back(attempt_of(attempt));
  if (!attempts.empty()) out["attempts"] = std::move(attempts);
  json::array asserts;
  for (const auto& line : step.asserts) {
    json::object one{{"line", line.text},
                     {"ok", line.holds},
                     {"severity", line.warns ? "warn" : "fail"},
                     {"span", place_of(line.place)}};
    if (!line.holds) one["message"] = line.message;
    asserts.push_back(std::move(one));
  }
  if (!asserts.empty()) out["asserts"] = std::move(asserts);
  json::array captures;
  for (const auto& capture : step.captures) {
    captures.push_back(json::object{
        {"name", capture.name}, {"kind", capture.kind}, {"redacted", capture.redacted}, {"value", capture.value}});
  }
  if (!captures.empty()) out["captures"] = std::move(captures);
  json::array findings;
  for (const auto& finding : step.findings) findings.push_back(finding_json(finding));
  if (!findings.empty()) out["findings"] = std::move(findings);
  json::array thresholds;
  for (const auto& threshold : step.thresholds) thresholds.push_back(threshold_of(threshold));
  if (!thresholds.empty()) out["thresholds"] = std::move(thresholds);
  if (!step.curl.empty()) out["curl"] = step.curl;
  return out;
}

}  // namespace

json::object to_json(const RunRecord& record) {
  json::object out{{"run", record.id},
                   {"seed", fmt::format("{}", record.seed)},
                   {"scenario", record.scenario},
                   {"file", record.file},
                   {"state", name_of(record.state)},
                   {"started", rfc3339(record.started)},
                   {"seconds", seconds(record.duration)},
                   {"requests", record.requests},
                   {"teardown", name_of(record.teardown)}};
  if (record.reason != Reason::kNone) {
    out["reason"] = name_of(record.reason);
    out["message"] = record.message;
  }
  if (!record.failed_step.empty()) out["failed_step"] = record.failed_step;
  json::array steps;
  for (const auto& step : record.steps) steps.push_back(step_of(step));
  out["steps"] = std::move(steps);
  json::array thresholds;
  for (const auto& threshold : record.thresholds) thresholds.push_back(threshold_of(threshold));
  if (!thresholds.empty()) out["thresholds"] = std::move(thresholds);
  return out;
}

}  // namespace vedette::scenarios
