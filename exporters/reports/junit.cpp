#include "exporters/reports/junit.hpp"

#include "base/junit.hpp"
#include "checks/kind.hpp"

namespace vedette {

namespace {

JunitCase case_of(const Check& check, const Result& result) {
  JunitCase out{std::string(check.kind->name), check.name + " " + check.instance, seconds(result.duration)};
  if (result.passed()) return out;
  out.outcome = result.verdict == Verdict::kUnknown ? JunitCase::Outcome::kError : JunitCase::Outcome::kFailure;
  out.type = name_of(result.reason);
  out.message = result.message;
  for (const auto& line : result.evidence.log) out.details += line + '\n';
  return out;
}

}  // namespace

std::string to_junit(const std::vector<CheckedResult>& results) {
  JunitSuite suite{"vedette", 0, {}};
  for (const auto& [check, result] : results) {
    suite.seconds += seconds(result.duration);
    suite.cases.push_back(case_of(*check, result));
  }
  return to_junit(std::vector{std::move(suite)});
}

}  // namespace vedette
