#include "probe/web/probe_history.hpp"

#include "probe/config/kinds.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

void add(ProbeHistory& history, const std::string& target, Verdict verdict) {
  auto check = std::make_shared<Check>();
  check->target = check->instance = target;
  check->kind = find_kind("tcp");
  auto module = std::make_shared<Module>();
  module->name = "m";
  module->text = "prober: tcp\n";
  auto result = std::make_shared<Result>();
  result->verdict = verdict;
  if (verdict == Verdict::kFail) result->reason = Reason::kConnectRefused;
  result->measures.push_back({&kSuccess, verdict == Verdict::kPass ? 1.0 : 0.0, nullptr});
  history.add(check, module, result);
}

}  // namespace

TEST_CASE("the last probes are kept, and beyond them the last that failed") {
  ProbeHistory history(2);
  add(history, "a", Verdict::kFail);
  add(history, "b", Verdict::kFail);
  add(history, "c", Verdict::kFail);
  for (const auto* target : {"d", "e", "f"}) add(history, target, Verdict::kPass);
  std::string kept;
  for (const auto& probe : history.all()) kept += probe.check->target;
  CHECK(kept == "fecb");
  CHECK_FALSE(history.find(0));
  CHECK(history.find(1)->check->target == "b");
  CHECK_FALSE(history.find(3));
}

TEST_CASE("a target's oldest probe is found") {
  ProbeHistory history(10);
  add(history, "a", Verdict::kFail);
  add(history, "a", Verdict::kPass);
  CHECK(history.find("a", "")->id == 0);
  CHECK(history.find("a", "m")->id == 0);
  CHECK_FALSE(history.find("a", "n"));
  CHECK_FALSE(history.find("b", ""));
}

TEST_CASE("a kept probe reads as log, metrics and module") {
  ProbeHistory history(1);
  add(history, "a", Verdict::kFail);
  const auto text = debug_text(*history.find(0));
  INFO(text);
  CHECK(text.starts_with("Logs for the probe:\n"));
  CHECK(text.find("reason=connect_refused") != std::string::npos);
  CHECK(text.find("\n\n\nMetrics that would have been returned:\n# HELP probe_success ") != std::string::npos);
  CHECK(text.find("probe_success 0\n") != std::string::npos);
  CHECK(text.ends_with("\n\n\nModule configuration:\nprober: tcp\n"));
}
