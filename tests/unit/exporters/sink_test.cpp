#include "exporters/sink.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

/// Writes down what it is told, behind its name.
class Diary final : public Sink {
 public:
  Diary(std::string name, std::string& into) : name_(std::move(name)), into_(into) {}

  void apply(const std::vector<CheckPtr>& checks, const Labels& common) override {
    into_ += name_ + " apply " + std::to_string(checks.size()) + " " + common.front().second + "\n";
  }
  void started(const CheckPtr& check, Duration /*lateness*/) override {
    into_ += name_ + " started " + check->name + "\n";
  }
  void finished(const CheckPtr& /*check*/, const ResultPtr& result, std::optional<Verdict> before) override {
    into_ += name_ + " finished " + std::string(name_of(result->verdict)) + " after " +
             (before ? std::string(name_of(*before)) : "none") + "\n";
  }
  void skipped(const CheckPtr& /*check*/, Skip reason) override {
    into_ += name_ + " skipped " + std::string(name_of(reason)) + "\n";
  }
  void retried(const CheckPtr& /*check*/, const Result& /*result*/) override { into_ += name_ + " retried\n"; }
  void stop(std::chrono::steady_clock::time_point /*deadline*/) override { into_ += name_ + " stop\n"; }

 private:
  std::string name_;
  std::string& into_;
};

/// Does not care.
class Silent final : public Sink {};

}  // namespace

TEST_CASE("each sink is told, in the order in which they were added") {
  std::string told;
  Diary one("1", told);
  Silent silent;
  Diary two("2", told);
  FanOut sinks;
  sinks.add(one);
  sinks.add(silent);
  sinks.add(two);
  auto check = std::make_shared<Check>();
  check->name = "shop";
  auto result = std::make_shared<Result>();
  result->verdict = Verdict::kFail;
  sinks.apply({check}, {{"region", "eu"}});
  sinks.started(check, {});
  sinks.retried(check, *result);
  sinks.finished(check, result, Verdict::kPass);
  sinks.finished(check, result, std::nullopt);
  sinks.skipped(check, Skip::kOverlap);
  sinks.stop({});
  CHECK(told ==
        "1 apply 1 eu\n2 apply 1 eu\n1 started shop\n2 started shop\n1 retried\n2 retried\n"
        "1 finished fail after pass\n2 finished fail after pass\n1 finished fail after none\n"
        "2 finished fail after none\n1 skipped overlap\n2 skipped overlap\n1 stop\n2 stop\n");
}
