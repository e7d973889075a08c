#include "config/duration.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::config;
using namespace std::chrono_literals;

TEST_CASE("durations are read as Go writes them, and days and weeks beyond") {
  CHECK(*parse_duration("500ms") == 500ms);
  CHECK(*parse_duration("1m30s") == 90s);
  CHECK(*parse_duration("1.5s") == 1500ms);
  CHECK(*parse_duration("2h") == 2h);
  CHECK(*parse_duration("1d") == 24h);
  CHECK(*parse_duration("2w") == 336h);
  CHECK(*parse_duration("-5s") == -5s);
  CHECK(*parse_duration("0") == 0s);
  CHECK(*parse_duration("10µs") == 10us);
}

TEST_CASE("what is not a duration is refused with an example of one") {
  for (const auto* text : {"", "5", "s", "5x", "1s2", "1..5s", "five", "5 s", "--1s", "1e3s"}) {
    INFO(text);
    const auto parsed = parse_duration(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().find("500ms") != std::string::npos);
  }
  CHECK_FALSE(parse_duration("99999999w"));
}

TEST_CASE("a formatted duration reads back to itself") {
  for (const auto duration :
       {Duration(0), Duration(1), Duration(1500ms), Duration(90s), Duration(24h * 8 + 3min), Duration(-2s)}) {
    CHECK(*parse_duration(format_duration(duration)) == duration);
  }
  CHECK(format_duration(90s) == "1m30s");
}

TEST_CASE("sizes have a suffix and are all of base two") {
  CHECK(*parse_size("512B") == 512);
  CHECK(*parse_size("1KB") == 1024);
  CHECK(*parse_size("1KiB") == 1024);
  CHECK(*parse_size("1.5MB") == 1572864);
  CHECK(*parse_size("0") == 0);
  CHECK(*parse_size("-1KB") == -1024);
  CHECK(*parse_size("1MB1KB") == 1049600);
  CHECK(*parse_size("1PB") == 1125899906842624);
  for (const auto* text : {"", "1024", "1k", "KB", "1 KB", "1KBs"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
}
