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

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::kHttp:
      return "http";
    case StepKind::kDns:
      return "dns";
    case StepKind::kTcp:
      return "tcp";
    case StepKind::kTls:
      return "tls";
    case StepKind::kIcmp:
      return "icmp";
    case StepKind::kSleep:
      return "sleep";
    case StepKind::kSet:
      return "set";
    case StepKind::kAssert:
      return "assert";
    case StepKind::kGroup:
      return "group";
    case StepKind::kParallel:
      return "parallel";
    case StepKind::kForEach:
      return "for_each";
    case StepKind::kCall:
      return "call";
    case StepKind::kHurl:
      return "hurl";
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
