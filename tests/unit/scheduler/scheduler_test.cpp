#include "scheduler/scheduler.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "checks/kind.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace std::chrono_literals;

namespace {

struct NoSettings final : Settings {};

const Kind kPlain{.name = "plain", .handshakes = [](const std::string&, const Settings&) { return false; }};
const Kind kSecure{.name = "secure", .handshakes = [](const std::string&, const Settings&) { return true; }};
const Kind kHeavy{
    .name = "heavy", .handshakes = [](const std::string&, const Settings&) { return true; }, .heavy = true};

const MonotonicTime kStart{1000h};

CheckPtr check(const std::string& name, Duration interval, const Kind& kind = kPlain) {
  auto out = std::make_shared<Check>();
  out->name = name;
  out->target = "t";
  out->kind = &kind;
  out->settings = std::make_shared<NoSettings>();
  out->interval = interval;
  out->timeout = interval / 2;
  out->key = out->grid = key_of(name, out->target);
  out->fingerprint = stable_hash(name);
  return out;
}

CheckPtr changed(const CheckPtr& from, const std::function<void(Check&)>& change) {
  auto out = std::make_shared<Check>(*from);
  change(*out);
  ++out->fingerprint;
  return out;
}

/// A scheduler in virtual time: runs end after a set time with a set verdict, and everything is written down.
class World final : public Starter, public Observer {
 public:
  explicit World(AdmissionLimits limits = {})
      : scheduler(limits, WallOffset(kStart, std::chrono::system_clock::time_point(490000h)), *this, *this) {}

  struct Start {
    std::string name;
    MonotonicTime at;
  };

  void run_until(MonotonicTime end) {
    while (now < end) {
      const MonotonicTime wake = scheduler.turn(now);
      if (wake <= now) {
        // The loop's next turn takes some time too.
        now += turn_takes;
        ++turns;
      } else {
        now = std::min(wake, end);
        if (!ends.empty()) now = std::min(now, ends.begin()->first);
      }
      end_runs();
    }
  }

  void end_runs() {
    while (!ends.empty() && ends.begin()->first <= now) {
      const auto slot = ends.begin()->second;
      ends.erase(ends.begin());
      Result result;
      result.verdict = verdicts.contains(running[slot]) ? verdicts[running[slot]] : Verdict::kPass;
      scheduler.finished(slot, result, now);
    }
  }

  void start(std::uint32_t slot, const CheckPtr& check) override {
    starts.push_back({check->name, now});
    running[slot] = check->name;
    ends.emplace(now + run_takes, slot);
  }
  void cancel(std::uint32_t slot) override {
    ++cancelled;
    std::erase_if(ends, [&](const auto& entry) { return entry.second == slot; });
  }
  void started(const CheckPtr&, Duration lateness) override { latenesses.push_back(lateness); }
  void skipped(const CheckPtr&, Skip reason) override { ++skips[reason]; }
  void retried(const CheckPtr&, const Result&) override { ++retries; }
  void finished(const CheckPtr& check, const ResultPtr& result) override { results[check->name].push_back(*result); }
  void lagged(Duration) override {}

  [[nodiscard]] std::vector<MonotonicTime> starts_of(const std::string& name) const {
    std::vector<MonotonicTime> out;
    for (const auto& start : starts) {
      if (start.name == name) out.push_back(start.at);
    }
    return out;
  }

  MonotonicTime now = kStart;
  Duration run_takes = 10ms;
  Duration turn_takes = 100us;
  int turns = 0;
  int cancelled = 0;
  int retries = 0;
  std::vector<Start> starts;
  std::vector<Duration> latenesses;
  std::map<Skip, int> skips;
  std::map<std::string, Verdict> verdicts;
  std::map<std::string, std::vector<Result>> results;
  std::map<std::uint32_t, std::string> running;
  std::multimap<MonotonicTime, std::uint32_t> ends;
  Scheduler scheduler;
};

}  // namespace

TEST_CASE("an hour of a check every ten seconds is 360 runs on the grid") {
  World world;
  world.scheduler.apply({check("a", 10s)}, world.now);
  world.run_until(kStart + 1h);
  const auto starts = world.starts_of("a");
  CHECK(starts.size() == 360);
  for (std::size_t i = 1; i < starts.size(); ++i) CHECK(starts[i] - starts[i - 1] == 10s);
  CHECK(*std::max_element(world.latenesses.begin(), world.latenesses.end()) == 0ms);
  CHECK(world.skips.empty());
}

TEST_CASE("a run that takes longer than the interval makes the next ones skip, and moves no due time") {
  World world;
  world.run_takes = 25s;
  world.scheduler.apply({check("a", 10s)}, world.now);
  world.run_until(kStart + 5min);
  const auto starts = world.starts_of("a");
  REQUIRE(starts.size() >= 9);
  for (std::size_t i = 1; i < starts.size(); ++i) CHECK(starts[i] - starts[i - 1] == 30s);
  CHECK(world.skips[Skip::kOverlap] >= 18);
  CHECK(world.skips.size() == 1);
}

TEST_CASE("never are more runs in flight than allowed; who waits too long is skipped for budget") {
  AdmissionLimits limits;
  limits.in_flight = 2;
  limits.max_lateness = 500ms;
  World world(limits);
  world.run_takes = 5s;
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 50; ++i) checks.push_back(check("c" + std::to_string(i), 10s));
  world.scheduler.apply(checks, world.now);
  std::size_t max = 0;
  for (int i = 0; i < 600; ++i) {
    world.run_until(kStart + i * 100ms);
    max = std::max(max, world.scheduler.in_flight());
  }
  CHECK(max == 2);
  CHECK(world.skips[Skip::kBudget] > 100);
  CHECK(*std::max_element(world.latenesses.begin(), world.latenesses.end()) <= 502ms);
}

TEST_CASE("runs of heavy kinds have a bound of their own, and hold nothing else up") {
  AdmissionLimits limits;
  limits.in_flight = 100;
  limits.heavy_in_flight = 3;
  limits.max_lateness = 500ms;
  World world(limits);
  world.run_takes = 4s;
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 20; ++i) checks.push_back(check("h" + std::to_string(i), 10s, kHeavy));
  for (int i = 0; i < 20; ++i) checks.push_back(check("p" + std::to_string(i), 10s));
  world.scheduler.apply(checks, world.now);
  std::size_t max = 0;
  for (int i = 0; i < 600; ++i) {
    world.run_until(kStart + i * 100ms);
    const auto heavy = std::count_if(world.ends.begin(), world.ends.end(),
                                     [&](const auto& end) { return world.running[end.second].starts_with('h'); });
    max = std::max(max, static_cast<std::size_t>(heavy));
  }
  CHECK(max == 3);
  CHECK(world.skips[Skip::kBudget] > 10);
  for (int i = 0; i < 20; ++i) CHECK(world.starts_of("p" + std::to_string(i)).size() >= 5);
  // A check that is taken away makes room.
  world.scheduler.apply({checks[0], checks[1], checks[2], checks[20]}, world.now);
  world.skips.clear();
  world.run_until(kStart + 3min);
  CHECK(world.skips.empty());
}

TEST_CASE("starts and handshakes per turn are bounded") {
  AdmissionLimits limits;
  limits.starts_per_turn = 10;
  limits.handshakes_per_turn = 3;
  World world(limits);
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 30; ++i) checks.push_back(check("p" + std::to_string(i), 10s));
  for (int i = 0; i < 30; ++i) checks.push_back(check("s" + std::to_string(i), 10s, kSecure));
  world.scheduler.apply(checks, world.now);
  // The machine slept: all 60 are due at once.
  world.now = kStart + 10s;
  world.starts.clear();
  std::map<MonotonicTime, std::pair<int, int>> per_turn;
  world.run_until(kStart + 10s + 9ms);
  for (const auto& start : world.starts)
    ++(start.name[0] == 'p' ? per_turn[start.at].first : per_turn[start.at].second);
  for (const auto& [at, counts] : per_turn) {
    CHECK(counts.first + counts.second <= 10);
    CHECK(counts.second <= 3);
  }
  CHECK(world.starts.size() + static_cast<std::size_t>(world.skips[Skip::kLate]) >= 60);
}

TEST_CASE("in a lasting overload late runs are given up, and those that run are punctual") {
  AdmissionLimits limits;
  limits.handshakes_per_turn = 1;
  World world(limits);
  world.turn_takes = 1ms;  // a handshake's worth: 1,000 of 3,000 a second can start
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 3000; ++i) checks.push_back(check("s" + std::to_string(i), 1s, kSecure));
  world.scheduler.apply(checks, world.now);
  world.run_until(kStart + 10s);
  std::sort(world.latenesses.begin(), world.latenesses.end());
  CHECK(world.latenesses.size() > 9000);
  CHECK(world.latenesses[world.latenesses.size() * 99 / 100] <= 20ms);
  CHECK(world.skips[Skip::kLate] > 18000);
}

TEST_CASE("of a burst that goes away no run is given up") {
  AdmissionLimits limits;
  limits.handshakes_per_turn = 4;
  World world(limits);
  world.turn_takes = 1ms;
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 1500; ++i) checks.push_back(check("s" + std::to_string(i), 10s, kSecure));
  world.scheduler.apply(checks, world.now);
  world.run_until(kStart + 10s);
  const auto before = world.starts.size();
  // The machine slept a little: some 135 are due at once, 34 ms of work.
  world.now += 900ms;
  world.run_until(world.now + 200ms);
  CHECK(world.starts.size() - before > 130);
  CHECK(world.skips.empty());
  CHECK(*std::max_element(world.latenesses.begin(), world.latenesses.end()) <= limits.max_lateness);
}

TEST_CASE("overload lasts from 50 ms of waiting above 10 ms until the queue has been empty") {
  Overload overload;
  const auto at = [](auto time) { return kStart + time; };
  overload.note(11ms, at(0ms));
  overload.note(30ms, at(40ms));
  overload.note(9ms, at(45ms));
  overload.note(11ms, at(46ms));
  overload.note(11ms, at(95ms));
  CHECK_FALSE(overload.lasts());
  overload.note(11ms, at(96ms));
  CHECK(overload.lasts());
  overload.note(3ms, at(97ms));
  CHECK(overload.lasts());
  overload.note(std::nullopt, at(98ms));
  CHECK_FALSE(overload.lasts());
}

TEST_CASE("after a suspension the missed points are counted as late, and only the present one matters") {
  World world;
  world.scheduler.apply({check("a", 10s)}, world.now);
  world.run_until(kStart + 30s);
  const auto before = world.starts.size();
  world.now = kStart + 130s;
  world.run_until(kStart + 160s);
  CHECK(world.skips[Skip::kLate] >= 9);
  CHECK(world.starts.size() - before <= 4);
}

TEST_CASE("a failure counts only after its retries") {
  World world;
  world.verdicts["a"] = Verdict::kFail;
  auto retrying = changed(check("a", 60s), [](Check& c) {
    c.retries = 2;
    c.retry_interval = 1s;
  });
  world.scheduler.apply({retrying}, world.now);
  world.run_until(kStart + 60s + 5s);
  const auto starts = world.starts_of("a");
  REQUIRE(starts.size() >= 3);
  CHECK(starts[1] - starts[0] == 1010ms);
  CHECK(starts[2] - starts[1] == 1010ms);
  REQUIRE_FALSE(world.results["a"].empty());
  CHECK(world.results["a"][0].attempts == 3);
  CHECK(world.retries == 2);
  // Once the failure stands, the next runs need no confirmation.
  world.run_until(kStart + 180s + 5s);
  CHECK(world.retries == 2);
  CHECK(world.results["a"].size() == 3);
}

TEST_CASE("a retry that passes makes the run pass") {
  World world;
  world.verdicts["a"] = Verdict::kFail;
  auto retrying = changed(check("a", 60s), [](Check& c) {
    c.retries = 1;
    c.retry_interval = 1s;
  });
  world.scheduler.apply({retrying}, world.now);
  while (world.retries == 0) world.run_until(world.now + 100ms);
  world.verdicts["a"] = Verdict::kPass;
  world.run_until(world.now + 5s);
  REQUIRE(world.results["a"].size() == 1);
  CHECK(world.results["a"][0].verdict == Verdict::kPass);
  CHECK(world.results["a"][0].attempts == 2);
}

TEST_CASE("our own fault is no failure of the target: no retries, no change of state") {
  World world;
  world.verdicts["a"] = Verdict::kUnknown;
  world.scheduler.apply({changed(check("a", 10s),
                                 [](Check& c) {
                                   c.retries = 3;
                                   c.failing_interval = 1s;
                                 })},
                        world.now);
  world.run_until(kStart + 60s);
  CHECK(world.retries == 0);
  CHECK(world.starts.size() == 6);
}

TEST_CASE("while it fails a check runs at its failing interval, and then returns to its grid") {
  World world;
  const auto fast = changed(check("a", 60s), [](Check& c) { c.failing_interval = 5s; });
  world.scheduler.apply({fast}, world.now);
  world.run_until(kStart + 2min);
  const auto grid = world.starts_of("a").back();
  world.verdicts["a"] = Verdict::kFail;
  world.run_until(kStart + 4min);
  const auto failing = world.starts_of("a");
  CHECK(failing.size() > 2 + 10);
  CHECK(failing.back() - failing[failing.size() - 2] == 5s);
  world.verdicts["a"] = Verdict::kPass;
  world.run_until(kStart + 8min);
  CHECK((world.starts_of("a").back() - grid) % 60s == 0ns);
}

TEST_CASE("a reload keeps what did not change: phase and state") {
  World world;
  world.verdicts["b"] = Verdict::kFail;
  const auto a = check("a", 60s);
  const auto b = changed(check("b", 60s), [](Check& c) { c.retries = 1; });
  world.scheduler.apply({a, b, check("gone", 60s)}, world.now);
  world.run_until(kStart + 2min);
  const auto retries = world.retries;
  const auto last = world.starts_of("a").back();
  const auto same_a = std::make_shared<Check>(*a);
  const auto same_b = std::make_shared<Check>(*b);
  const auto change = world.scheduler.apply({same_a, same_b, check("new", 60s)}, world.now);
  CHECK(change.kept == 2);
  CHECK(change.added == 1);
  CHECK(change.removed == 1);
  world.starts.clear();
  world.run_until(kStart + 3min);
  CHECK(world.starts_of("a") == std::vector<MonotonicTime>{last + 60s});
  CHECK(world.starts_of("gone").empty());
  CHECK_FALSE(world.starts_of("new").empty());
  // b was failing before the reload and still is: its failure needs no second confirmation.
  CHECK(world.retries == retries);
}

TEST_CASE("a changed check keeps its phase when the interval is the same, and its run is cancelled") {
  World world;
  world.run_takes = 20s;
  world.scheduler.apply({check("a", 60s)}, world.now);
  while (world.starts.empty()) world.run_until(world.now + 1s);
  const auto first = world.starts[0].at;
  const auto change = world.scheduler.apply({changed(check("a", 60s), [](Check&) {})}, world.now);
  CHECK(change.changed == 1);
  CHECK(world.cancelled == 1);
  CHECK(world.scheduler.in_flight() == 0);
  world.starts.clear();
  world.run_until(first + 61s);
  REQUIRE(world.starts_of("a").size() == 2);
  CHECK(world.starts_of("a").back() == first + 60s);
}

TEST_CASE("who runs, waits or is to be repeated when its check changes is counted as skipped, and nobody else") {
  AdmissionLimits limits;
  limits.in_flight = 1;
  limits.max_lateness = 1min;
  World world(limits);
  world.run_takes = 20s;
  // Both are due in one moment: one runs, the other waits for its turn.
  const auto at_once = [](Check& c) { c.grid = 0; };
  const auto runs = changed(check("runs", 60s), at_once);
  const auto waits = changed(check("waits", 60s), at_once);
  world.scheduler.apply({runs, waits, check("idle", 24h)}, world.now);
  while (world.starts_of("runs").empty()) world.run_until(world.now + 1s);
  const auto change = [](Check&) {};
  world.scheduler.apply({changed(runs, change), changed(waits, change), changed(check("idle", 24h), change)},
                        world.now);
  CHECK(world.skips[Skip::kChanged] == 2);
  CHECK(world.scheduler.in_flight() == 0);

  World repeating;
  repeating.verdicts["a"] = Verdict::kFail;
  const auto a = changed(check("a", 60s), [](Check& c) {
    c.retries = 1;
    c.retry_interval = 30s;
  });
  repeating.scheduler.apply({a}, repeating.now);
  while (repeating.retries == 0) repeating.run_until(repeating.now + 1s);
  repeating.scheduler.apply({changed(a, change)}, repeating.now);
  CHECK(repeating.skips[Skip::kChanged] == 1);
}

TEST_CASE("a new check runs within half a minute, and then on its grid") {
  World world;
  constexpr int kChecks = 1000;
  std::vector<CheckPtr> checks;
  for (int i = 0; i < kChecks; ++i) checks.push_back(check("c" + std::to_string(i), 24h));
  world.run_takes = 1ms;
  world.scheduler.apply(checks, world.now);
  world.run_until(kStart + Scheduler::kFirstWithin);
  CHECK(world.starts.size() == kChecks);
  std::array<int, 3> tens{};
  for (const auto& start : world.starts) ++tens.at(static_cast<std::size_t>((start.at - kStart) / 10s));
  for (const int count : tens) CHECK(count > kChecks / 4);
  // It was due when it was planned: it is not late.
  CHECK(*std::max_element(world.latenesses.begin(), world.latenesses.end()) < 100ms);
  const WallOffset offset(kStart, std::chrono::system_clock::time_point(490000h));
  world.starts.clear();
  world.run_until(kStart + 24h + Scheduler::kFirstWithin);
  CHECK(world.starts.size() == kChecks);
  for (const auto& start : world.starts) {
    const auto point = offset.wall(start.at) - phase_of(key_of(start.name, "t"), 24h);
    CHECK(point % std::chrono::nanoseconds(24h) < 100ms);
  }
  CHECK(world.skips.empty());
}

TEST_CASE("a check with a point soon has no other first run, and one that is kept has none") {
  World world;
  const auto quick = check("quick", 20s);
  const auto slow = check("slow", 24h);
  world.scheduler.apply({quick, slow}, world.now);
  world.run_until(kStart + 100s);
  CHECK(world.starts_of("quick").size() == 5);
  CHECK(world.starts_of("slow").size() == 1);
  world.scheduler.apply({quick, slow}, world.now);
  world.run_until(kStart + 200s);
  CHECK(world.starts_of("slow").size() == 1);
  // What it looks at may be something else now: who changed it wants to know.
  world.scheduler.apply({quick, changed(slow, [](Check&) {})}, world.now);
  world.run_until(kStart + 300s);
  CHECK(world.starts_of("slow").size() == 2);
}

TEST_CASE("a changed check is failing still") {
  World world;
  world.verdicts["a"] = Verdict::kFail;
  const auto a = changed(check("a", 60s), [](Check& c) {
    c.retries = 1;
    c.failing_interval = 5s;
  });
  world.scheduler.apply({a}, world.now);
  world.run_until(kStart + 2min);
  const auto retries = world.retries;
  world.starts.clear();
  world.scheduler.apply({changed(a, [](Check&) {})}, world.now);
  world.run_until(world.now + 20s);
  CHECK(world.starts_of("a").size() == 4);
  CHECK(world.retries == retries);
  // Its grid may be a slow one now: it runs soon all the same.
  world.starts.clear();
  world.scheduler.apply({changed(a,
                                 [](Check& c) {
                                   c.failing_interval = 24h;
                                   ++c.fingerprint;
                                 })},
                        world.now);
  world.run_until(world.now + Scheduler::kFirstWithin);
  CHECK(world.starts_of("a").size() == 1);
}

TEST_CASE("a check is due when its grid says, whoever it is") {
  const auto due = [](const std::string& name, const std::string& grid) {
    World world;
    world.scheduler.apply({changed(check(name, 60s), [&](Check& c) { c.grid = stable_hash(grid); })}, world.now);
    world.run_until(kStart + 10min);
    return world.starts_of(name).back();
  };
  CHECK(due("a", "eu") != due("a", "us"));
  CHECK(due("a", "eu") == due("b", "eu"));
}

TEST_CASE("a closed scheduler starts nothing") {
  World world;
  world.scheduler.apply({check("a", 1s)}, world.now);
  world.scheduler.close();
  world.run_until(kStart + 10s);
  CHECK(world.starts.empty());
}

TEST_CASE("100,000 checks a minute keep their grid") {
  AdmissionLimits limits;
  limits.in_flight = 100000;
  World world(limits);
  world.turn_takes = 10us;
  std::vector<CheckPtr> checks;
  for (int i = 0; i < 100000; ++i) checks.push_back(check("c" + std::to_string(i), 60s));
  world.scheduler.apply(checks, world.now);
  // In the first minute those whose point is far away have a run before it.
  world.run_until(kStart + 60s + 1ms);
  CHECK(world.starts.size() > 100000);
  CHECK(world.starts.size() < 160000);
  world.starts.clear();
  world.run_until(kStart + 120s + 1ms);
  CHECK(world.starts.size() == 100000);
  CHECK(*std::max_element(world.latenesses.begin(), world.latenesses.end()) < 3ms);
}
