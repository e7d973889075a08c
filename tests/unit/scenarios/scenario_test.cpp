// Parts of scenarios that need no network: masking, waiting, rows, commands, writing first scenarios.

#include "base/base64.hpp"
#include "checks/redactor.hpp"
#include "scenarios/http/curl.hpp"
#include "scenarios/import/import.hpp"
#include "scenarios/run/attempts.hpp"
#include "scenarios/tools/explain.hpp"
#include "scenarios/tools/load.hpp"
#include "scenarios/yaml/rows.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::scenarios;

TEST_CASE("secrets are masked in all their forms") {
  const std::string secret = "p@ss \"wörd\"<&/";
  Redactor redactor;
  redactor.add(secret);
  for (int before = 0; before < 3; ++before) {
    const auto encoded = encode_base64(std::string(static_cast<std::size_t>(before), 'x') + secret + "yz");
    INFO(encoded);
    CHECK(redactor.masked(encoded).find("***") != std::string::npos);
  }
  for (const std::string& form :
       {secret, std::string("p%40ss%20%22w%C3%B6rd%22%3C%26%2F"), std::string("p@ss \\\"wörd\\\"<&/"),
        std::string("p@ss &quot;wörd&quot;&lt;&amp;/"), std::string("p@ss \\\"w\\u00f6rd\\\"\\u003c\\u0026\\/"),
        std::string("p@ss &#34;w&#246;rd&#34;&#x3c;&amp;/"), std::string("p%40ss+%22w%c3%b6rd%22%3c&/"),
        std::string("p%2540ss%2520%2522w%25C3%25B6rd%2522%253C%2526%252F"), std::string("P@SS \"WöRD\"<&/"),
        std::string("p@ss \"w..rd\"<&/"), std::string("p@ss \"w\xf6rd\"<&/"),
        std::string("p@ss \\\\\"w\\\\u00F6rd\\\\\"<&/")}) {
    INFO(form);
    CHECK(redactor.masked("a " + form + " b") == "a *** b");
  }
}

TEST_CASE("short secrets are masked where they stand as a word") {
  Redactor redactor;
  redactor.add("Bob");
  redactor.add("7");
  redactor.add("!");
  CHECK(redactor.masked("Bob, not Bobby nor xBob; <Bob> and bob!") == "***, not Bobby nor xBob; <***> and bob***");
  CHECK(redactor.masked("7 of 77, code=7") == "*** of 77, code=***");
  CHECK(redactor.masked("").empty());
  redactor.add("longer-secret");
  CHECK(redactor.masked("Bob longer-secret") == "*** ***");
}

TEST_CASE("classes of failures") {
  using enum Transient;
  CHECK(is_one_of({kConnect}, Reason::kConnectRefused, 0, true));
  CHECK_FALSE(is_one_of({kConnect}, Reason::kConnectReset, 0, true));
  CHECK(is_one_of({kReset}, Reason::kClosedProcessing, 0, true));
  CHECK(is_one_of({kTls}, Reason::kTimeoutTls, 0, true));
  CHECK(is_one_of({kTimeout}, Reason::kTimeoutTransfer, 0, true));
  CHECK(is_one_of({k5xx}, Reason::kNone, 503, false));
  CHECK_FALSE(is_one_of({k5xx, k429}, Reason::kNone, 404, true));
  CHECK(is_one_of({kAny}, Reason::kExpectUnmet, 200, true));
  CHECK_FALSE(is_one_of({kAny}, Reason::kNone, 200, false));
}

TEST_CASE("waits grow to their bound and jitter around it") {
  using std::chrono::milliseconds;
  std::mt19937_64 random(1);
  const Backoff backoff{.interval = milliseconds(100), .factor = 2, .max = milliseconds(300)};
  CHECK(wait_before(backoff, 2, random) == milliseconds(100));
  CHECK(wait_before(backoff, 3, random) == milliseconds(200));
  CHECK(wait_before(backoff, 4, random) == milliseconds(300));
  CHECK(wait_before(backoff, 1000, random) == milliseconds(300));
  Backoff jittered = backoff;
  jittered.jitter = 0.5;
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto wait = wait_before(jittered, 2, random);
    CHECK(wait >= milliseconds(50));
    CHECK(wait <= milliseconds(150));
    differs = differs || wait != milliseconds(100);
  }
  CHECK(differs);
  CHECK(retry_after({{"retry-after", "3"}}) == std::chrono::seconds(3));
  CHECK_FALSE(retry_after({{"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"}}));
}

TEST_CASE("rows of CSV and JSON") {
  const auto rows = yaml::rows_of("a.csv", "name,text\r\nx,\"a \"\"b\"\", c\"\n\"multi\nline\",\n");
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK(*(*rows)[0].member("text")->get<std::string>() == "a \"b\", c");
  CHECK(*(*rows)[1].member("name")->get<std::string>() == "multi\nline");
  CHECK_FALSE(yaml::rows_of("a.csv", "a,b\n1\n"));
  CHECK_FALSE(yaml::rows_of("a.csv", "a\n\"x\n"));
  CHECK(yaml::rows_of("a.json", "[1, {\"a\": 2}]")->size() == 2);
  CHECK_FALSE(yaml::rows_of("a.json", "{}"));
}

TEST_CASE("commands of curl are quoted, with secrets as names") {
  HttpOptions options;
  options.follow = true;
  CHECK(curl_command("GET", "http://x/?a=it's", {{"Host", "x"}, {"X", "a s3cr3t b"}}, "", options,
                     {{"token", "s3cr3t"}}) ==
        R"(curl --header 'X: a '"${token}"' b' --location 'http://x/?a=it'\''s')");
  CHECK(curl_command("GET", "http://x/", {}, "", {}, {{"empty", ""}}) == "curl 'http://x/'");
  CHECK(curl_command("PUT", "http://x/", {}, std::string("a\0b", 3), {}, {}).find("--request 'PUT'") !=
        std::string::npos);
}

TEST_CASE("first scenarios of commands") {
  const auto written =
      from_curl("curl -X PUT 'https://a.example/x?y=1' \\\n -H 'Authorization: Bearer abc' -d 'a ${b}' -kL");
  REQUIRE(written);
  CHECK(written->find("abc") == std::string::npos);
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  const auto source = std::make_shared<const config::Source>(config::Source{"x.yaml", *written});
  const auto value = config::parse_yaml(source, diagnostics);
  REQUIRE(value);
  const auto loaded = decode(*value, ".", {}, context);
  INFO(*written);
  REQUIRE(loaded);
  const auto& http = std::get<HttpAction>(loaded->scenario->steps[0].action);
  CHECK(http.method == "PUT");
  CHECK(http.body.text.text.text() == "a ${b}");
  CHECK(loaded->scenario->secrets.size() == 1);
  CHECK_FALSE(from_curl("curl --ftp-ssl http://x"));
  CHECK_FALSE(from_curl("curl 'http://x"));
  CHECK_FALSE(from_curl("curl -s"));
}
