#include "probe/web/query_string.hpp"

#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("a query is decoded once, with + for a blank") {
  CHECK(parse_query("target=http%3A%2F%2Fh%2F%252B&module=a+b&x") ==
        Parameters{{"target", "http://h/%2B"}, {"module", "a b"}, {"x", ""}});
  CHECK(parse_query("").empty());
  CHECK(parse_query("&&a=1&a=2&") == Parameters{{"a", "1"}, {"a", "2"}});
}

TEST_CASE("what people paste unescaped is taken as it is") {
  CHECK(parse_query("target=http://[::1]:80/a|b\"{}^`") == Parameters{{"target", "http://[::1]:80/a|b\"{}^`"}});
  CHECK(parse_query("target=a=b?c") == Parameters{{"target", "a=b?c"}});
}

TEST_CASE("pairs that cannot be decoded are left out") {
  CHECK(parse_query("a=%zz&b=%4&c=%&d;e=1&f=1") == Parameters{{"f", "1"}});
  CHECK_FALSE(percent_decoded("%+1", false));
  CHECK(percent_decoded("a+b%2b", false) == "a+b+");
}
