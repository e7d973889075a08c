#include "base/reason.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("every reason has a name of its own that is fit for a label, and a meaning") {
  std::set<std::string_view> names;
  for (const auto reason : all_reasons()) {
    const auto& info = info_of(reason);
    INFO(info.name);
    CHECK(names.insert(info.name).second);
    CHECK(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == std::string_view::npos);
    CHECK(info.meaning.ends_with('.'));
    CHECK(info.verdict != Verdict::kPass);
  }
  CHECK(name_of(Reason::kNone) == "none");
}

TEST_CASE("the reasons of phases are named after them") {
  for (const auto phase :
       {Phase::kTls, Phase::kStarttls, Phase::kRequest, Phase::kProcessing, Phase::kTransfer, Phase::kDialogue}) {
    const std::string name(name_of(phase));
    CHECK(name_of(timeout_in(phase)) == "timeout_" + name);
    CHECK(name_of(reset_in(phase)) == "reset_" + name);
    CHECK(name_of(closed_in(phase)) == "closed_" + name);
  }
  CHECK(timeout_in(Phase::kResolve) == Reason::kTimeoutResolve);
  CHECK(timeout_in(Phase::kConnect) == Reason::kTimeoutConnect);
}
