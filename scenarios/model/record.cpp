#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

std::string_view name_of(State state) {
  switch (state) {
    case State::kPass:
      return "pass";
    case State::kWarn:
      return "warn";
    case State::kFail:
      return "fail";
    case State::kError:
      return "error";
    case State::kSkipped:
      return "skipped";
  }
  return "";
}

int severity_of(State state) {
  switch (state) {
    case State::kError:
      return 3;
    case State::kFail:
      return 2;
    case State::kWarn:
      return 1;
    default:
      return 0;
  }
}

std::string_view name_of(Skip skip) {
  switch (skip) {
    case Skip::kNo:
      return "";
    case Skip::kEarlierFailure:
      return "earlier failure";
    case Skip::kDeadline:
      return "deadline";
    case Skip::kCancelled:
      return "cancelled";
    case Skip::kWhen:
      return "when";
    case Skip::kOption:
      return "skip";
  }
  return "";
}

Duration StepRecord::total_of(Phase phase) const {
  Duration out{};
  if (attempts.empty()) return out;
  for (const auto& part : attempts.back().phases) {
    if (part.phase == phase) out += part.duration;
  }
  return out;
}

}  // namespace vedette::scenarios
