#include "base/accept.hpp"

#include "tests/support/catch.hpp"

using namespace vedette;

TEST_CASE("what a client takes is read with its parameters and weight") {
  const auto list = read_accept("text/plain; version=0.0.4;q=0.5 ,, application/json;Q=1;charset=utf-8, */*;q=0");
  REQUIRE(list.size() == 3);
  CHECK(list[0].name == "text/plain");
  CHECK(list[0].parameter("Version") == "0.0.4");
  CHECK(list[0].parameter("q").empty());
  CHECK(list[0].weight == 0.5);
  CHECK(list[1].weight == 1);
  CHECK(list[1].parameter("charset") == "utf-8");
  CHECK(list[2].weight == 0);
  CHECK(read_accept("").empty());
  CHECK(read_accept(" , ").empty());
}

TEST_CASE("a coding is sent to those who take it") {
  CHECK(accept_weight("gzip", "gzip") > 0);
  CHECK(accept_weight("deflate, GZIP;q=0.5, br", "gzip") == 0.5);
  CHECK(accept_weight("gzip;q=0", "gzip") == 0);
  CHECK(accept_weight("gzip;q=0.000, deflate", "gzip") == 0);
  CHECK(accept_weight("x-gzipped", "gzip") == 0);
  CHECK(accept_weight("", "gzip") == 0);
}
