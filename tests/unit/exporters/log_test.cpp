#include "exporters/log/log.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::log;

TEST_CASE("a logfmt line quotes what needs it") {
  CHECK(format_line(Format::kLogfmt, "INFO", "two words", {{"a", "plain"}, {"b", "x=\"y\"\n"}, {"c", ""}}) ==
        "level=INFO msg=\"two words\" a=plain b=\"x=\\\"y\\\"\\n\" c=\"\"");
}

TEST_CASE("a JSON line holds the same fields") {
  CHECK(format_line(Format::kJson, "WARN", "m", {{"k", "v\"\xff"}}) ==
        "\"level\":\"WARN\",\"msg\":\"m\",\"k\":\"v\\\"\xef\xbf\xbd\"");
}
