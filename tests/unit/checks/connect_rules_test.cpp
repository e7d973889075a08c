#include "checks/http/connect_rules.hpp"

#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::http;

namespace {

std::string connected(const std::vector<std::string>& rules, const net::HostPort& to = {"a.test", 80}) {
  const auto out = connected_to(rules, to);
  return out.host + ":" + std::to_string(out.port);
}

std::string resolved(const std::vector<std::string>& rules, const net::HostPort& to = {"a.test", 80}) {
  const auto out = resolved_to(rules, to);
  return out ? out->to_string() : "-";
}

}  // namespace

TEST_CASE("connect_to: the first rule that fits counts, empty parts stand for any or the same") {
  CHECK(connected({}) == "a.test:80");
  CHECK(connected({"a.test:80:b.test:81"}) == "b.test:81");
  CHECK(connected({"A.TEST:80:b.test:81"}) == "b.test:81");
  CHECK(connected({"a.test:443:b.test:81"}) == "a.test:80");
  CHECK(connected({"::b.test:"}) == "b.test:80");
  CHECK(connected({":80::81"}) == "a.test:81");
  CHECK(connected({"c.test:80:no:1", "a.test::yes:2", "::late:3"}) == "yes:2");
  CHECK(connected({"b.test:8080"}) == "b.test:8080");
  CHECK(connected({":8080"}) == "a.test:8080");
  CHECK(connected({"a.test:80:[::1]:81"}) == "::1:81");
  CHECK(connected({"[::1]:80:b.test:81"}, {"::1", 80}) == "b.test:81");
  // What is no rule fits nothing.
  CHECK(connected({"", "a", "a:b:c", "a:b:c:d:e"}) == "a.test:80");
}

TEST_CASE("resolve: the first rule that fits and holds an address counts") {
  CHECK(resolved({}) == "-");
  CHECK(resolved({"a.test:80:192.0.2.1"}) == "192.0.2.1");
  CHECK(resolved({"+a.test:80:192.0.2.1"}) == "192.0.2.1");
  CHECK(resolved({"A.Test:80:192.0.2.1,192.0.2.2"}) == "192.0.2.1");
  CHECK(resolved({"a.test:*:192.0.2.1"}) == "192.0.2.1");
  CHECK(resolved({"*:80:192.0.2.1"}) == "192.0.2.1");
  CHECK(resolved({"*:443:192.0.2.1"}) == "-");
  CHECK(resolved({"a.test:80:[2001:db8::1]"}) == "2001:db8::1");
  CHECK(resolved({"a.test:80:nonsense", "a.test:80:192.0.2.2"}) == "192.0.2.2");
  CHECK(resolved({"", ":", "a.test", "-a.test:80"}) == "-");
}
