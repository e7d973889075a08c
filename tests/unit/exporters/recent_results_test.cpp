#include "exporters/history/recent_results.hpp"

#include "checks/kind.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

CheckPtr check(std::uint64_t fingerprint = 1) {
  auto out = std::make_shared<Check>();
  out->name = "a";
  out->key = key_of(out->name, out->target);
  out->fingerprint = fingerprint;
  return out;
}

ResultPtr result(Verdict verdict, int second) {
  Result out;
  out.verdict = verdict;
  out.reason = verdict == Verdict::kFail ? Reason::kHttpStatus : Reason::kNone;
  out.started = std::chrono::system_clock::time_point(std::chrono::seconds(second));
  out.duration = std::chrono::milliseconds(second);
  return std::make_shared<const Result>(std::move(out));
}

}  // namespace

TEST_CASE("the last result, the last failure and the time of the change are kept") {
  RecentResults recent;
  const auto a = check();
  recent.apply({a});
  CHECK_FALSE(recent.record(*a, result(Verdict::kPass, 1)));
  CHECK(recent.record(*a, result(Verdict::kFail, 2)) == Verdict::kPass);
  CHECK(recent.record(*a, result(Verdict::kFail, 3)) == Verdict::kFail);
  CHECK(recent.record(*a, result(Verdict::kPass, 4)) == Verdict::kFail);
  const auto view = recent.named("a").at(0);
  CHECK(view.runs == 4);
  CHECK(view.failures == 2);
  CHECK(view.last->verdict == Verdict::kPass);
  CHECK(view.last_failure->started == std::chrono::system_clock::time_point(std::chrono::seconds(3)));
  CHECK(view.since == std::chrono::system_clock::time_point(std::chrono::seconds(4)));
}

TEST_CASE("recent latencies come oldest first and are bounded") {
  RecentResults recent;
  const auto a = check();
  recent.apply({a});
  for (int i = 1; i <= 100; ++i) recent.record(*a, result(Verdict::kPass, i));
  const auto points = recent.all().at(0).recent;
  REQUIRE(points.size() == 40);
  CHECK(points.front().seconds == Approx(0.061));
  CHECK(points.back().seconds == Approx(0.1));
}

TEST_CASE("a reload keeps what is known of a check, unless it is of another kind") {
  RecentResults recent;
  const auto a = check();
  recent.apply({a});
  recent.record(*a, result(Verdict::kPass, 1));
  recent.apply({check()});
  CHECK(recent.named("a").at(0).runs == 1);
  auto changed = std::make_shared<Check>(*check(2));
  changed->labels = {{"team", "b"}};
  recent.apply({changed});
  CHECK(recent.named("a").at(0).runs == 1);
  CHECK(recent.named("a").at(0).check->labels == changed->labels);
  const Kind other{.name = "other"};
  auto of_other_kind = std::make_shared<Check>(*check(3));
  of_other_kind->kind = &other;
  recent.apply({of_other_kind});
  CHECK(recent.named("a").at(0).runs == 0);
  recent.apply({});
  CHECK(recent.named("a").empty());
}

TEST_CASE("measures are kept of runs that did not just pass") {
  auto check = std::make_shared<Check>();
  check->name = "a";
  RecentResults recent;
  recent.apply({check});
  for (const auto reason : {Reason::kNone, Reason::kHttpStatus}) {
    auto result = std::make_shared<Result>();
    result->reason = reason;
    result->verdict = info_of(reason).verdict;
    result->duration = std::chrono::milliseconds(5);
    result->measures.push_back({&kSuccess, 1, {}});
    recent.record(*check, result);
    const auto last = recent.all().at(0).last;
    CHECK(last->verdict == result->verdict);
    CHECK(last->duration == result->duration);
    CHECK(last->measures.empty() == (reason == Reason::kNone));
  }
}
