#include "exporters/prometheus/exposition.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <map>
#include <sstream>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

/// Samples of a page as name-with-labels and value.
std::map<std::string, double> samples(const std::string& page) {
  std::map<std::string, double> out;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto blank = line.rfind(' ');
    out[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
  }
  return out;
}

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

}  // namespace

TEST_CASE("our text says the same as prometheus-cpp's") {
  prometheus::Registry registry;
  prometheus::BuildGauge()
      .Name("a_gauge")
      .Help("a help")
      .Register(registry)
      .Add({{"l", "va\"l\\ue\n"}, {"m", "x"}})
      .Set(1.25e-7);
  prometheus::BuildCounter().Name("a_total").Help("counts").Register(registry).Add({}).Increment(3);
  auto& histogram = prometheus::BuildHistogram()
                        .Name("h_seconds")
                        .Help("h")
                        .Register(registry)
                        .Add({{"k", "v"}}, prometheus::Histogram::BucketBoundaries{0.25, 0.5, 2.5});
  histogram.Observe(0.3);
  histogram.Observe(9);
  const auto collected = registry.Collect();
  std::string ours;
  append_families(ours, collected, ExpositionFormat::kText);
  CHECK(samples(ours) == samples(prometheus::TextSerializer().Serialize(collected)));
  CHECK(ours.find("# TYPE a_total counter\n") != std::string::npos);
}

TEST_CASE("OpenMetrics names a counter's family without _total") {
  std::string page;
  append_header(page, "x_total", "help", MetricType::kCounter, ExpositionFormat::kOpenMetrics);
  CHECK(page == "# HELP x help\n# TYPE x counter\n");
}

TEST_CASE("numbers are the shortest that read back") {
  CHECK(number(0) == "0");
  CHECK(number(1795344064) == "1795344064");
  CHECK(number(-3) == "-3");
  CHECK(number(0.1) == "0.1");
  CHECK(number(1.0 / 3) == "0.3333333333333333");
  CHECK(number(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "-Inf");
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(std::stod(number(1e300)) == 1e300);
  CHECK(bucket_bound(1) == "1.0");
  CHECK(bucket_bound(0.0005) == "0.0005");
  CHECK(bucket_bound(std::numeric_limits<double>::infinity()) == "+Inf");
}

TEST_CASE("labels are escaped and cannot spoil the page") {
  std::string page;
  append_label(page, "l", "a\"b\\c\nd\xff");
  CHECK(page == "l=\"a\\\"b\\\\c\\nd\xef\xbf\xbd\"");
}

TEST_CASE("the format is negotiated") {
  CHECK(negotiate("") == ExpositionFormat::kText);
  CHECK(negotiate("*/*") == ExpositionFormat::kText);
  CHECK(negotiate("application/openmetrics-text; version=1.0.0") == ExpositionFormat::kOpenMetrics);
  CHECK(negotiate("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/"
                  "plain;version=0.0.4;q=0.5,*/*;q=0.1") == ExpositionFormat::kOpenMetrics);
  CHECK(negotiate("text/plain;q=0.9,application/openmetrics-text;q=0.1") == ExpositionFormat::kText);
}
