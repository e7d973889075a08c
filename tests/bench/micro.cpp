// Micro-benchmarks of what every run and every scrape passes through.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "checks/kind.hpp"
#include "exporters/history/recent_results.hpp"
#include "exporters/prometheus/series_store.hpp"
#include "net/http/http1_response.hpp"
#include "scheduler/scheduler.hpp"

namespace vedette::bench {

namespace {

struct NoSettings final : Settings {};

const Kind kNothing{.name = "nothing", .handshakes = [](const std::string&, const Settings&) { return false; }};
const std::vector<const Family*> kFamilies{&kSuccess, &kDurationSeconds};

std::vector<CheckPtr> make_checks(std::int64_t count) {
  const auto buckets = std::make_shared<const std::vector<double>>(std::vector<double>{0.01, 0.1, 1});
  std::vector<CheckPtr> out;
  for (std::int64_t i = 0; i < count; ++i) {
    auto check = std::make_shared<Check>();
    check->name = fmt::format("check-{}", i);
    check->target = check->instance = "http://x/";
    check->key = key_of(check->name, check->target);
    check->kind = &kNothing;
    check->settings = std::make_shared<NoSettings>();
    check->interval = std::chrono::minutes(1);
    check->buckets = buckets;
    out.push_back(std::move(check));
  }
  return out;
}

ResultPtr passed() {
  auto out = std::make_shared<Result>();
  out->verdict = Verdict::kPass;
  out->duration = std::chrono::milliseconds(12);
  out->measures = {{&kSuccess, 1, {}}, {&kDurationSeconds, 0.012, {}}};
  return out;
}

void number(benchmark::State& state) {
  std::string page;
  double value = 0.123456789;
  for (auto _ : state) {
    page.clear();
    append_number(page, value);
    value += 0.001;
    benchmark::DoNotOptimize(page.data());
  }
}
BENCHMARK(number);

void page(benchmark::State& state) {
  SeriesStore store(kFamilies);
  const auto checks = make_checks(state.range(0));
  store.apply(checks, {});
  for (const auto& check : checks) store.record(*check, *passed());
  for (auto _ : state) {
    std::string out;
    store.append_page(out, ExpositionFormat::kText);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(page)->Arg(100)->Arg(10000);

void record_series(benchmark::State& state) {
  SeriesStore store(kFamilies);
  const auto checks = make_checks(state.range(0));
  store.apply(checks, {});
  const auto result = passed();
  std::size_t i = 0;
  for (auto _ : state) store.record(*checks[i++ % checks.size()], *result);
}
BENCHMARK(record_series)->Arg(1)->Arg(100000);

void record_recent(benchmark::State& state) {
  RecentResults recent;
  const auto checks = make_checks(state.range(0));
  recent.apply(checks);
  const auto result = passed();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(recent.record(*checks[i++ % checks.size()], result));
}
BENCHMARK(record_recent)->Arg(1)->Arg(100000);

/// Ends every run at once, in virtual time.
class Ends final : public Starter, public Observer {
 public:
  std::vector<std::uint32_t> slots;

  void start(std::uint32_t slot, const CheckPtr& /*check*/) override { slots.push_back(slot); }
  void cancel(std::uint32_t /*slot*/) override {}
  void started(const CheckPtr& /*check*/, Duration /*lateness*/) override {}
  void skipped(const CheckPtr& /*check*/, Skip /*reason*/) override {}
  void retried(const CheckPtr& /*check*/, const Result& /*result*/) override {}
  void finished(const CheckPtr& /*check*/, const ResultPtr& /*result*/) override {}
  void lagged(Duration /*lag*/) override {}
};

void schedule(benchmark::State& state) {
  Ends ends;
  MonotonicTime now{std::chrono::hours(1000)};
  Scheduler scheduler({}, WallOffset(now, std::chrono::system_clock::time_point(std::chrono::hours(490000))), ends,
                      ends);
  scheduler.apply(make_checks(state.range(0)), now);
  std::int64_t starts = 0;
  for (auto _ : state) {
    now = std::max(now + std::chrono::microseconds(100), scheduler.turn(now));
    for (const auto slot : ends.slots) {
      Result result;
      result.verdict = Verdict::kPass;
      scheduler.finished(slot, std::move(result), now);
      ++starts;
    }
    ends.slots.clear();
  }
  state.SetItemsProcessed(starts);
}
BENCHMARK(schedule)->Arg(100)->Arg(100000);

void http_response(benchmark::State& state) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Wed, 25 Nov 2026 11:00:00 GMT\r\nContent-Type: text/plain\r\n"
      "Content-Length: 5\r\nConnection: close\r\n\r\nhello";
  const net::HttpRequest request;
  for (auto _ : state) {
    net::HttpExchange exchange;
    net::ResponseReader reader(request, exchange);
    benchmark::DoNotOptimize(reader.take(text));
  }
}
BENCHMARK(http_response);

}  // namespace

}  // namespace vedette::bench

BENCHMARK_MAIN();
