#include "exporters/prometheus/series_store.hpp"

#include <atomic>
#include <thread>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

const Family kPlain{"probe_thing", "A thing", {}};
const Family kPhased{"probe_phase_seconds", "Phases", {"phase"}};
const Family kBasic{"probe_basic", "Always", {}, true};
const Family kForeign{"probe_foreign", "Not registered", {}};
const std::vector<const Family*> kFamilies{&kSuccess, &kDurationSeconds, &kPlain, &kPhased, &kBasic};

CheckPtr check(const std::string& name, std::uint64_t fingerprint = 1) {
  auto out = std::make_shared<Check>();
  out->name = name;
  out->target = out->instance = "http://x/";
  out->labels = {{"team", "a\"b"}};
  out->buckets = std::make_shared<const std::vector<double>>(std::vector<double>{0.1, 1});
  out->key = key_of(out->name, out->target);
  out->fingerprint = fingerprint;
  return out;
}

Result result(Reason reason = Reason::kNone, std::chrono::milliseconds took = std::chrono::milliseconds(50)) {
  Result out;
  out.reason = reason;
  out.verdict = info_of(reason).verdict;
  out.duration = took;
  out.started = std::chrono::system_clock::time_point(std::chrono::seconds(1000));
  out.measures = {{&kSuccess, out.passed() ? 1.0 : 0.0, {}},
                  {&kPhased, 0.5, labelled({"connect"})},
                  {&kBasic, 7, {}},
                  {&kForeign, 1, {}}};
  return out;
}

std::string page_of(const SeriesStore& store, ExpositionFormat format = ExpositionFormat::kText) {
  std::string page;
  store.append_page(page, format);
  return page;
}

bool has(const std::string& page, const std::string& line) {
  return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

const std::string kLabels = R"(check="a",instance="http://x/",team="a\"b",region="eu")";

}  // namespace

TEST_CASE("a result becomes series with the labels of its check") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  store.apply({a}, {{"region", "eu"}, {"team", "ignored"}});
  store.record(*a, result());
  const auto page = page_of(store);
  CHECK(has(page, "probe_success{" + kLabels + "} 1"));
  CHECK(has(page, "probe_phase_seconds{" + kLabels + ",phase=\"connect\"} 0.5"));
  CHECK(has(page, "vedette_check_runs_total{" + kLabels + "} 1"));
  CHECK(has(page, "vedette_check_last_success_timestamp_seconds{" + kLabels + "} 1000"));
  CHECK(has(page, "vedette_check_duration_seconds_bucket{" + kLabels + ",le=\"0.1\"} 1"));
  CHECK(has(page, "vedette_check_duration_seconds_bucket{" + kLabels + ",le=\"+Inf\"} 1"));
  CHECK(has(page, "vedette_check_duration_seconds_sum{" + kLabels + "} 0.05"));
  CHECK(page.find("probe_foreign") == std::string::npos);
  CHECK(page.find("probe_thing") == std::string::npos);
}

TEST_CASE("failures and warnings are counted by reason") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  store.apply({a}, {{"region", "eu"}});
  store.record(*a, result(Reason::kHttpStatus));
  store.record(*a, result(Reason::kHttpStatus));
  auto warning = result(Reason::kCertificateExpiring);
  warning.verdict = Verdict::kWarn;
  store.record(*a, warning);
  const auto page = page_of(store);
  CHECK(has(page, "vedette_check_failures_total{" + kLabels + ",reason=\"http_status\"} 2"));
  CHECK(has(page, "vedette_check_warnings_total{" + kLabels + ",reason=\"certificate_expiring\"} 1"));
  CHECK(has(page, "vedette_check_runs_total{" + kLabels + "} 3"));
}

TEST_CASE("series that a run did not give vanish, and come back") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  store.apply({a}, {});
  store.record(*a, result());
  auto bare = result(Reason::kConnectRefused);
  bare.measures.resize(1);
  store.record(*a, bare);
  CHECK(page_of(store).find("probe_phase_seconds") == std::string::npos);
  store.record(*a, result());
  CHECK(page_of(store).find("probe_phase_seconds") != std::string::npos);
}

TEST_CASE("a reload keeps counters and drops what has gone") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  const auto b = check("b");
  store.apply({a, b, check("gone")}, {{"region", "eu"}});
  store.record(*a, result());
  store.record(*b, result());
  store.apply({check("a"), check("b", 2)}, {{"region", "eu"}});
  // A run of the old definition that ends late counts for nobody.
  store.record(*b, result());
  const auto page = page_of(store);
  CHECK(has(page, "vedette_check_runs_total{" + kLabels + "} 1"));
  CHECK(has(page, "vedette_check_runs_total{check=\"b\",instance=\"http://x/\",team=\"a\\\"b\",region=\"eu\"} 1"));
  CHECK(page.find("gone") == std::string::npos);
  CHECK(store.series_of("gone") == 0);
}

TEST_CASE("a changed check goes on counting, under its new labels") {
  SeriesStore store(kFamilies);
  const auto before = check("a");
  store.apply({before}, {{"region", "eu"}});
  store.record(*before, result(Reason::kHttpStatus));
  auto relabelled = std::make_shared<Check>(*check("a", 2));
  relabelled->labels = {{"team", "b"}};
  relabelled->buckets = std::make_shared<const std::vector<double>>(*before->buckets);
  store.apply({relabelled}, {});
  store.record(*relabelled, result());
  auto page = page_of(store);
  const std::string labels = R"(check="a",instance="http://x/",team="b")";
  CHECK(has(page, "vedette_check_runs_total{" + labels + "} 2"));
  CHECK(has(page, "vedette_check_failures_total{" + labels + ",reason=\"http_status\"} 1"));
  CHECK(has(page, "vedette_check_duration_seconds_count{" + labels + "} 2"));
  CHECK(page.find("region") == std::string::npos);
  // Runs of the old definition that end before the store knows count in the same place.
  CHECK(has(page, "vedette_check_skipped_total{" + labels + "} 0"));
  // Numbers that mean something else begin anew.
  auto rebucketed = std::make_shared<Check>(*relabelled);
  rebucketed->buckets = std::make_shared<const std::vector<double>>(std::vector<double>{5});
  ++rebucketed->fingerprint;
  store.apply({rebucketed}, {});
  page = page_of(store);
  CHECK(has(page, "vedette_check_runs_total{" + labels + "} 0"));
}

TEST_CASE("basic metrics have no histogram and few families") {
  SeriesStore store(kFamilies);
  auto basic = std::make_shared<Check>(*check("a"));
  basic->metrics = MetricsLevel::kBasic;
  store.apply({basic}, {});
  store.record(*basic, result());
  const auto page = page_of(store);
  CHECK(page.find("_bucket") == std::string::npos);
  CHECK(page.find("probe_phase_seconds") == std::string::npos);
  CHECK(page.find("probe_basic") != std::string::npos);
  CHECK(store.series_of("a") == 6);
}

TEST_CASE("families come in one group each, whatever the order of the checks") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  const auto b = check("b");
  store.apply({a, b}, {});
  store.record(*a, result());
  store.record(*b, result(Reason::kHttpStatus));
  const auto page = page_of(store, ExpositionFormat::kOpenMetrics);
  for (const auto* name : {"probe_success", "vedette_check_runs", "vedette_check_duration_seconds"}) {
    const auto type = std::string("# TYPE ") + name + " ";
    CHECK(page.find(type) != std::string::npos);
    CHECK(page.find(type) == page.rfind(type));
  }
}

TEST_CASE("a scrape during recording sees whole results") {
  SeriesStore store(kFamilies);
  const auto a = check("a");
  store.apply({a}, {});
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) store.record(*a, result());
  });
  for (int i = 0; i < 300; ++i) {
    const auto page = page_of(store);
    const auto value = [&](const std::string& start) {
      const auto at = page.find(start);
      return at == std::string::npos ? -1.0 : std::stod(page.substr(page.find("} ", at) + 2));
    };
    CHECK(value("vedette_check_runs_total{") == value("vedette_check_duration_seconds_count{"));
  }
  stop = true;
  writer.join();
}
