#include "checks/tcp/dialogue.hpp"

#include "tests/support/catch.hpp"

using vedette::config::Pattern;
using vedette::tcp::expand_groups;

TEST_CASE("groups are expanded as Go's Expand does") {
  const auto pattern = *Pattern::compile("^(?P<code>\\d+) (.*)$");
  const auto groups = pattern.groups("220 ready");
  CHECK(expand_groups("$1|${2}|$code|${code}", pattern, groups) == "220|ready|220|220");
  CHECK(expand_groups("$$1 $ ${x $-", pattern, groups) == "$1 $ ${x $-");
  CHECK(expand_groups("<$unknown><$9>", pattern, groups) == "<><>");
  CHECK(expand_groups("$1x", pattern, groups).empty());
}
