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

Duration StepRecord::total_of(Phase phase) const {
  Duration out{};
  if (attempts.empty()) return out;
  for (const auto& part : attempts.back().phases) {
    if (part.phase == phase) out += part.duration;
  }
  return out;
}

}  // namespace vedette::scenarios
