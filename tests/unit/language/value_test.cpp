#include "language/values/value.hpp"

#include "language/values/date.hpp"
#include "language/values/json.hpp"
#include "tests/support/catch.hpp"

using namespace vedette::language;

TEST_CASE("JSON keeps whole numbers whole, however large, and fractions as they are") {
  CHECK(described(*parse_json("1")) == "integer <1>");
  CHECK(described(*parse_json("-9223372036854775808")) == "integer <-9223372036854775808>");
  CHECK(described(*parse_json("9223372036854775808")) == "integer <9223372036854775808>");
  CHECK(described(*parse_json("123456789012345678901234567890")) == "integer <123456789012345678901234567890>");
  CHECK(described(*parse_json("1.0")) == "float <1.0>");
  CHECK(described(*parse_json("1e2")) == "float <100.0>");
  CHECK(to_json(*parse_json(R"({"b": [1, 2.50, "x\n"], "a": null, "b": true})")) == R"({"b":true,"a":null})");
}

TEST_CASE("what is no JSON says where") {
  for (const auto* text : {"", "{", "[1,]", "{'a': 1}", "NaN", "01", "1 2", "\"\xff\"", "// x\n1", "[1] x"}) {
    INFO(text);
    CHECK_FALSE(parse_json(text));
  }
  CHECK(parse_json("[1, x]").error().at == 4);
  CHECK(parse_json("[1] x").error().at == 4);
  CHECK_FALSE(parse_json(std::string(100000, '[')));
}

TEST_CASE("numbers are compared by what they are worth") {
  const auto value = [](const char* text) { return *parse_json(text); };
  CHECK(equal(value("1"), value("1.0")));
  CHECK(equal(value("123456789012345678901"), value("123456789012345678901")));
  CHECK_FALSE(equal(value("123456789012345678901"), value("123456789012345678902")));
  CHECK(compare(value("123456789012345678901"), value("-123456789012345678902")) == 1);
  CHECK(compare(value("-123456789012345678901"), value("-123456789012345678902")) == 1);
  CHECK(compare(value("2"), value("10")) == -1);
  CHECK(compare(value("\"2\""), value("\"10\"")) == 1);
  CHECK_FALSE(compare(value("1"), value("\"1\"")));
  CHECK_FALSE(equal(value("1"), value("\"1\"")));
  CHECK(equal(value(R"({"a":1,"b":[2]})"), value(R"({"b":[2.0],"a":1})")));
  CHECK_FALSE(equal(value("[1,2]"), value("[2,1]")));
}

TEST_CASE("dates are written and read in the dialect of strftime") {
  const Date date{1456617600'123456789};  // 2016-02-28T00:00:00.123456789Z, a Sunday
  CHECK(format_date(date, "%Y-%m-%d %H:%M:%S%.3f %z|%a %A %b %B %j %u %w") ==
        "2016-02-28 00:00:00.123 +0000|Sun Sunday Feb February 059 7 0");
  CHECK(format_date(date, "%F %T|%D|%R|%e|%-d|%_m|%y %C|%I %p|%s|%f|%6f|%.f|%+|%%|%Q") ==
        "2016-02-28 00:00:00|02/28/16|00:00|28|28| 2|16 20|12 AM|1456617600|123456789|123456|.123456789|"
        "2016-02-28T00:00:00.123456789+00:00|%|%Q");
  const auto read = [](const char* text, const char* format) { return parse_date(text, format); };
  CHECK(read("2016-02-28T01:00:00.5+01:00", "%Y-%m-%dT%H:%M:%S%.f%:z")->nanoseconds == 1456617600'500000000);
  CHECK(read("2016-02-28T00:00:00Z", "%+")->nanoseconds == 1456617600'000000000);
  CHECK(read("Sun, 28 Feb 2016 00:00:00 GMT", "%a, %d %b %Y %H:%M:%S GMT")->nanoseconds == 1456617600'000000000);
  CHECK(read("28/02/2016", "%d/%m/%Y")->nanoseconds == 1456617600'000000000);
  CHECK(read("12:30 pm 28 February 16", "%I:%M %p %d %B %y")->nanoseconds == (1456617600LL + 45000) * 1'000'000'000);
  CHECK(read("1456617600", "%s")->nanoseconds == 1456617600'000000000);
  CHECK_FALSE(read("2016-02-30", "%F"));
  CHECK_FALSE(read("Mon, 28 Feb 2016", "%a, %d %b %Y"));
  CHECK_FALSE(read("2016-02-28 x", "%F"));
  CHECK_FALSE(read("2016", "%Y-%m"));
}
