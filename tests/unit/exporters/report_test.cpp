#include "exporters/reports/report.hpp"

#include "checks/kind.hpp"
#include "exporters/reports/junit.hpp"
#include "exporters/reports/result_json.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace std::chrono_literals;

namespace {

const Kind kTestKind{.name = "http"};

CheckPtr reported() {
  auto out = std::make_shared<Check>();
  out->name = "shop <1>";
  out->target = out->instance = "http://shop.example/?a&b";
  out->kind = &kTestKind;
  return out;
}

Result failure() {
  Result out;
  out.verdict = Verdict::kFail;
  out.reason = Reason::kHttpStatus;
  out.message = "status 503, expected 200 to 299";
  out.phases = {{Phase::kConnect, 10ms, 0}, {Phase::kProcessing, 30ms, 0}};
  out.duration = 40ms;
  out.overhead = 500us;
  out.evidence.log = {"GET http://shop.example/", "status 503"};
  out.evidence.facts["status"] = 503;
  out.evidence.excerpt = "<h1>Unavailable</h1>";
  return out;
}

}  // namespace

TEST_CASE("a report of a failure shows reason, waterfall and evidence") {
  const auto text = to_report(*reported(), failure(), {});
  for (const auto* part :
       {"FAIL http shop <1> http://shop.example/?a&b in 40.00 ms", "http_status: status 503", "connect", "30.00 ms",
        "overhead", "500 us", "status: 503", "GET http://shop.example/", "| <h1>Unavailable</h1>"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find('\033') == std::string::npos);
  CHECK(to_report(*reported(), failure(), {true, false, 80}).find("\033[1;31mFAIL") != std::string::npos);
}

TEST_CASE("latencies have a unit that fits") {
  CHECK(format_latency(85us) == "85 us");
  CHECK(format_latency(12340us) == "12.34 ms");
  CHECK(format_latency(1204ms) == "1.204 s");
}

TEST_CASE("JSON holds every part of a result") {
  const auto json = to_json(*reported(), failure());
  CHECK(json.at("verdict") == "fail");
  CHECK(json.at("reason") == "http_status");
  CHECK(json.at("duration_seconds").as_double() == Approx(0.04));
  CHECK(json.at("phases").as_array().size() == 2);
  CHECK(json.at("evidence").as_object().at("facts").as_object().at("status") == 503);
}

TEST_CASE("JUnit has failures, errors and escapes") {
  auto unknown = failure();
  unknown.verdict = Verdict::kUnknown;
  unknown.reason = Reason::kLocalFile;
  Result pass;
  pass.verdict = Verdict::kPass;
  const auto xml = to_junit({{reported(), failure()}, {reported(), unknown}, {reported(), pass}});
  CHECK(xml.find("tests=\"3\" failures=\"1\" errors=\"1\"") != std::string::npos);
  CHECK(xml.find("name=\"shop &lt;1&gt; http://shop.example/?a&amp;b\"") != std::string::npos);
  CHECK(xml.find("<failure type=\"http_status\"") != std::string::npos);
  CHECK(xml.find("<error type=\"local_file\"") != std::string::npos);
}
