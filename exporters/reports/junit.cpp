#include "exporters/reports/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/kind.hpp"

namespace vedette {

namespace {

std::string test_case(const CheckedResult& checked) {
  const auto& [check, result] = checked;
  auto out = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.6f}")", escape_markup(check->kind->name),
                         escape_markup(check->name + " " + check->instance), seconds(result.duration));
  if (result.passed()) return out + "/>\n";
  const auto* element = result.verdict == Verdict::kUnknown ? "error" : "failure";
  std::string details;
  for (const auto& line : result.evidence.log) details += line + '\n';
  return out + fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", element,
                           name_of(result.reason), escape_markup(result.message), escape_markup(details));
}

}  // namespace

std::string to_junit(const std::vector<CheckedResult>& results) {
  const auto count = [&](Verdict verdict) {
    return std::count_if(results.begin(), results.end(), [&](const auto& r) { return r.second.verdict == verdict; });
  };
  Duration total{};
  std::string cases;
  for (const auto& checked : results) {
    total += checked.second.duration;
    cases += test_case(checked);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      "  <testsuite name=\"vedette\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.6f}\">\n{}"
      "  </testsuite>\n</testsuites>\n",
      results.size(), count(Verdict::kFail), count(Verdict::kUnknown), seconds(total), cases);
}

}  // namespace vedette
