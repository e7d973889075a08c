#include "base/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace vedette {

namespace {

using Outcome = JunitCase::Outcome;

std::string element_of(const JunitCase& one) {
  const auto begin = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.6f}")",
                                 escape_markup(one.classname), escape_markup(one.name), one.seconds);
  switch (one.outcome) {
    case Outcome::kPassed:
      return begin + "/>\n";
    case Outcome::kSkipped:
      return begin + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", escape_markup(one.message));
    case Outcome::kFailure:
    case Outcome::kError:
      break;
  }
  return begin + fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
                             one.outcome == Outcome::kError ? "error" : "failure", escape_markup(one.type),
                             escape_markup(one.message), escape_markup(one.details));
}

std::string element_of(const JunitSuite& suite) {
  const auto count = [&](Outcome outcome) {
    return std::count_if(suite.cases.begin(), suite.cases.end(),
                         [&](const JunitCase& one) { return one.outcome == outcome; });
  };
  auto out = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6f}\">\n",
      escape_markup(suite.name), suite.cases.size(), count(Outcome::kFailure), count(Outcome::kError),
      count(Outcome::kSkipped), suite.seconds);
  for (const auto& one : suite.cases) out += element_of(one);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string to_junit(const std::vector<JunitSuite>& suites) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& suite : suites) out += element_of(suite);
  return out + "</testsuites>\n";
}

}  // namespace vedette
