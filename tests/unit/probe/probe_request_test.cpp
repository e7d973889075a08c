#include "probe/web/probe_request.hpp"

#include "probe/config/config_loader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette;
using namespace std::chrono_literals;

namespace {

const Modules& modules() {
  static const Modules loaded = [] {
    const testing::TemporaryFile file(
        "modules:\n"
        "  http_2xx: {prober: http, timeout: 5s}\n"
        "  fixed: {prober: http, http: {headers: {host: shop.example}}}\n"
        "  tcp: {prober: tcp, tcp: {source_ip_address: nonsense}}\n"
        "  dns: {prober: dns, dns: {query_name: a, transport_protocol: pigeon}}\n"
        "  empty:\n",
        ".yml");
    config::Diagnostics diagnostics;
    auto config = load_config(file.path(), diagnostics);
    REQUIRE(config);
    return config->modules;
  }();
  return loaded;
}

auto ask(const std::string& query, const std::string& scrape_timeout = "") {
  WebRequest request;
  request.query = parse_query(query);
  request.scrape_timeout = scrape_timeout;
  return read_probe_request(request, modules(), 500ms);
}

std::string refusal(const std::string& query, const std::string& scrape_timeout = "") {
  const auto asked = ask(query, scrape_timeout);
  REQUIRE_FALSE(asked);
  return std::to_string(asked.error().status) + " " + asked.error().text;
}

}  // namespace

TEST_CASE("the scraper's timeout less the offset counts, unless the module's is smaller") {
  CHECK(probe_timeout(10, 0s, 500ms) == 9500ms);
  CHECK(probe_timeout(10, 5s, 500ms) == 5s);
  CHECK(probe_timeout(3, 5s, 500ms) == 2500ms);
  CHECK(probe_timeout(0, 0s, 500ms) == 119500ms);
  CHECK(probe_timeout(1, 5s, 500ms) == 500ms);
  CHECK(probe_timeout(0.5, 5s, 500ms) == 0s);
  CHECK(probe_timeout(0.3, 5s, 500ms) == 5s);
  CHECK(probe_timeout(0.3, 0s, 500ms) == 0s);
  CHECK(probe_timeout(-5, 2s, 500ms) == 2s);
  CHECK(probe_timeout(1e300, 0s, 500ms) == 1h);
}

TEST_CASE("a request names a module and a target") {
  const auto asked = ask("target=http://u:p@h/&debug=true", "10");
  REQUIRE(asked);
  CHECK(asked->check->target == "http://u:p@h/");
  CHECK(asked->check->instance == "http://u:***@h/");
  CHECK(asked->check->module == "http_2xx");
  CHECK(asked->check->timeout == 5s);
  CHECK(asked->debug);
  CHECK_FALSE(ask("target=h&debug=1")->debug);
}

TEST_CASE("what is wrong with a request is said in the neighbour's order") {
  CHECK(refusal("module=nope", "x") == "400 Unknown module \"nope\"\n");
  CHECK(refusal("", "x") == "500 Failed to parse timeout from Prometheus header: 'x' is not a number of seconds\n");
  CHECK(refusal("module=empty") == "400 Target parameter is missing\n");
  CHECK(refusal("module=empty&target=h") == "400 Unknown prober \"\"\n");
  CHECK(refusal("module=fixed&target=h&hostname=other.example") ==
        "400 host header defined both in module configuration (shop.example) and with URL-parameter 'hostname' "
        "(other.example)\n");
  CHECK(ask("module=fixed&target=h&hostname=shop.example"));
  CHECK(ask("module=tcp&target=h:1&hostname=x")->check->hostname == "x");
}

TEST_CASE("a module that loads but cannot be used says so in each run") {
  CHECK(ask("module=tcp&target=h:1")->check->unusable.empty());
  CHECK(ask("module=dns&target=h")->check->unusable == "'pigeon' is not a transport");
}
