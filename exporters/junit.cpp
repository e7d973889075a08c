#include "exporters/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/kind.hpp"

namespace vedette {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // XML 1.0 has no control characters but these.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string test_case(const CheckedResult& checked) {
  const auto& [check, result] = checked;
  auto out = fmt::format(R"(    <testcase classname="{}" name="{}" time="{:.6f}")", escaped(check->kind->name),
                         escaped(check->name + " " + check->instance), seconds(result.duration));
  if (result.passed()) return out + "/>\n";
  const auto* element = result.verdict == Verdict::kUnknown ? "error" : "failure";
  std::string details;
  for (const auto& line : result.evidence.log) details += line + '\n';
  return out + fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n", element,
                           name_of(result.reason), escaped(result.message), escaped(details));
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
