// What a page of metrics costs, beside prometheus-cpp with the same samples.
//
//   scrape --lines N [--rounds R]      both serialize in turns: CPU, memory, and whether they say the same
//   scrape --record SECONDS            how long recording a result takes, without scrapes and with one after the other
//
// Prints one line of JSON.

#include <fmt/format.h>
#include <malloc.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sched.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <tuple>
#include <vector>

#include "exporters/prometheus/series_store.hpp"
#include "tests/bench/program.hpp"

namespace vedette::bench {

namespace {

const Family kPhases{"probe_http_duration_seconds", "Duration of http request by phase", {"phase"}};
const Family kStatus{"probe_http_status_code", "Response HTTP status code", {}};
const std::vector<const Family*> kFamilies{&kSuccess, &kDurationSeconds, &kPhases, &kStatus};
constexpr std::size_t kLinesOfCheck = 20;

/// As many checks as make that many lines; each with the four labels of a usual one.
std::vector<CheckPtr> checks_for(std::size_t lines) {
  const auto buckets =
      std::make_shared<const std::vector<double>>(std::vector<double>{0.005, 0.01, 0.05, 0.1, 0.5, 1, 5});
  std::vector<CheckPtr> out;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, lines / kLinesOfCheck); ++i) {
    auto check = std::make_shared<Check>();
    check->name = fmt::format("check-{}", i);
    check->target = check->instance = fmt::format("https://service-{}.example.org/health", i);
    check->labels = {{"team", "payments"}, {"region", "eu-central"}};
    check->key = key_of(check->name, check->target);
    check->buckets = buckets;
    out.push_back(std::move(check));
  }
  return out;
}

Result result_of(std::size_t i) {
  Result out;
  out.verdict = Verdict::kPass;
  out.started = std::chrono::system_clock::now();
  out.duration = std::chrono::microseconds(1000 + i % 100000);
  const double base = 0.001 * static_cast<double>(1 + i % 977);
  out.measures = {{&kSuccess, 1, {}}, {&kDurationSeconds, base * 3.7, {}}, {&kStatus, 200, {}}};
  for (const auto phase : {Phase::kResolve, Phase::kConnect, Phase::kTls, Phase::kProcessing, Phase::kTransfer}) {
    out.measures.push_back({&kPhases, base * 0.13, labels_of(phase)});
  }
  return out;
}

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;

  /// prometheus-cpp writes fewer digits than a double has.
  friend bool operator==(const Sample& a, const Sample& b) {
    return a.name == b.name && a.labels == b.labels && std::abs(a.value - b.value) <= 1e-9 * std::abs(a.value);
  }
  friend bool operator<(const Sample& a, const Sample& b) {
    return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
  }
};

/// The samples of a page whose labels hold no escapes.
std::vector<Sample> samples_of(const std::string& page) {
  std::vector<Sample> out;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    Sample sample;
    const auto brace = line.find('{');
    sample.name = line.substr(0, brace);
    std::size_t at = brace + 1;
    while (line[at] != '}') {
      const auto equals = line.find('=', at);
      const auto end = line.find('"', equals + 2);
      sample.labels[line.substr(at, equals - at)] = line.substr(equals + 2, end - equals - 2);
      at = end + 1;
      if (line[at] == ',') ++at;
    }
    std::from_chars(line.data() + at + 2, line.data() + line.size(), sample.value);
    out.push_back(std::move(sample));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The same samples in prometheus-cpp's own store.
void fill(prometheus::Registry& registry, const std::vector<Sample>& samples) {
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> families;
  for (const auto& sample : samples) {
    auto*& family = families[sample.name];
    if (family == nullptr) family = &prometheus::BuildGauge().Name(sample.name).Help("help").Register(registry);
    family->Add({sample.labels.begin(), sample.labels.end()}).Set(sample.value);
  }
}

double status_bytes(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    double kilobytes = 0;
    if (word == field + ":" && file >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

struct Cost {
  double cpu = 0;
  double extra_bytes = 0;  ///< the most memory that it took beside what was there
  std::string page;
};

template <typename Serialize>
Cost cost_of(const Serialize& serialize) {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // forgets the peak
  const double resident = status_bytes("VmRSS");
  const double before = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  Cost out;
  out.page = serialize();
  out.cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - before;
  out.extra_bytes = status_bytes("VmHWM") - resident;
  return out;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(std::size_t lines, std::size_t rounds) {
  SeriesStore store(kFamilies);
  const auto checks = checks_for(lines);
  store.apply(checks, {});
  for (std::size_t i = 0; i < checks.size(); ++i) store.record(*checks[i], result_of(i));
  const auto ours = [&] {
    std::string page;
    store.append_page(page, ExpositionFormat::kText);
    return page;
  };
  const auto samples = samples_of(ours());
  prometheus::Registry registry;
  fill(registry, samples);
  const auto theirs = [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  const bool equal = samples_of(theirs()) == samples;
  std::vector<double> our_cpu;
  std::vector<double> their_cpu;
  std::vector<double> ratios;
  std::vector<double> extra;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto mine = cost_of(ours);
    const auto other = cost_of(theirs);
    our_cpu.push_back(mine.cpu);
    their_cpu.push_back(other.cpu);
    ratios.push_back(mine.cpu / other.cpu);
    extra.push_back(mine.extra_bytes / static_cast<double>(mine.page.size()));
  }
  fmt::print(
      R"({{"lines":{},"ratio":{:.5f},"cpu_ms":{:.3f},"prometheus_cpp_ms":{:.3f},"extra_memory":{:.3f},"equal":{}}})"
      "\n",
      samples.size(), median(ratios), 1e3 * median(our_cpu), 1e3 * median(their_cpu), median(extra), equal);
}

/// Seconds that recordings took, by the clock on the wall.
std::vector<double> record(SeriesStore& store, const std::vector<CheckPtr>& checks, double duration) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> out;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(duration));
  for (std::size_t i = 0; Clock::now() < end; ++i) {
    const auto result = result_of(i);
    const auto began = Clock::now();
    store.record(*checks[i % checks.size()], result);
    out.push_back(seconds(Clock::now() - began));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Keeps this thread on a core of its own, as far as there is one.
void stay_on(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

void compare_recording(double duration) {
  stay_on(0);
  constexpr std::size_t kLines = 100000;
  SeriesStore store(kFamilies);
  const auto checks = checks_for(kLines);
  store.apply(checks, {});
  record(store, checks, duration / 10);
  const auto quiet = record(store, checks, duration);
  std::atomic<bool> stop{false};
  std::thread scraper([&] {
    stay_on(1);
    while (!stop) {
      std::string page;
      store.append_page(page, ExpositionFormat::kText);
    }
  });
  const auto busy = record(store, checks, duration);
  stop = true;
  scraper.join();
  const auto at = [](const std::vector<double>& sorted, double share) {
    return 1e6 * sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  fmt::print(R"({{"quiet_p99_us":{:.3f},"scraped_p99_us":{:.3f},"quiet_p9999_us":{:.3f},"scraped_p9999_us":{:.3f},)"
             R"("quiet_max_us":{:.1f},"scraped_max_us":{:.1f}}})"
             "\n",
             at(quiet, 0.99), at(busy, 0.99), at(quiet, 0.9999), at(busy, 0.9999), at(quiet, 1), at(busy, 1));
}

}  // namespace

}  // namespace vedette::bench

int main(int argc, char** argv) {
  CLI::App app("What a page of metrics costs");
  std::size_t lines = 0;
  std::size_t rounds = 5;
  double duration = 0;
  auto* lines_option = app.add_option("--lines", lines);
  app.add_option("--rounds", rounds);
  app.add_option("--record", duration)->excludes(lines_option);
  CLI11_PARSE(app, argc, argv);
  if (duration > 0) {
    vedette::bench::compare_recording(duration);
  } else {
    vedette::bench::compare(lines, rounds);
  }
  return 0;
}
