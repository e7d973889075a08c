#include "base/rfc3339.hpp"

#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("times are written in UTC, also those before 1970") {
  using namespace std::chrono_literals;
  const std::chrono::system_clock::time_point time(1795700460s + 7ms);
  CHECK(rfc3339(time) == "2026-11-26T13:41:00Z");
  CHECK(rfc3339(time, true) == "2026-11-26T13:41:00.007Z");
  CHECK(rfc3339(std::chrono::system_clock::time_point(-1ms), true) == "1969-12-31T23:59:59.999Z");
}
