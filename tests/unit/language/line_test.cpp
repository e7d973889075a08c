#include "language/lines/expectations.hpp"

#include "language/lines/line_parser.hpp"
#include "tests/support/catch.hpp"

using namespace vedette::language;

namespace {

constexpr std::array<std::string_view, 3> kDnsFacts{"answers", "flags", "rcode"};
constexpr auto kOfDns = vocabulary_of(kDnsFacts);
constexpr auto kOfTls = vocabulary_of({}, Topic::kTls);
constexpr std::array<std::string_view, 1> kTcpFacts{"banner"};
constexpr auto kOfTcp = vocabulary_of(kTcpFacts, Topic::kTls, Topic::kText);

Subject response() {
  Subject out;
  out.status = 200;
  out.version = "1.1";
  out.url = "https://shop.example/items?page=2&q=a%20b";
  out.headers = {{"Content-Type", "application/json"},
                 {"X-One", "1"},
                 {"x-many", "a"},
                 {"X-Many", "b"},
                 {"Set-Cookie", "session=abc; Path=/; Secure; HttpOnly; Max-Age=60; SameSite=Lax"},
                 {"Set-Cookie", "old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}};
  out.body =
      R"({"state": "READY", "items": [{"id": 1, "tag": "x"}, {"id": 2}], "big": 123456789012345678901, "pi": 3.14,
                "none": null, "yes": true, "empty": [], "uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                "when": "2026-01-02T03:04:05Z", "html": "<p class='a'>x &amp; y</p>",
                "b64": "aGk=", "nested": "{\"a\": [1]}"})";
  out.ip = "192.0.2.1";
  out.duration_ms = 12;
  out.redirects = {{"/items", 301}, {std::nullopt, 302}};
  out.certificate =
      Certificate{"CN=shop.example", "CN=Test CA", "0bff", "DNS:shop.example", {0}, {4102444800'000000000}};
  return out;
}

/// Why a line does not hold of that response; empty when it does.
std::string of(const std::string& line, const Subject& subject = response(),
               const Vocabulary& vocabulary = kHttpVocabulary) {
  const auto parsed = parse_assert(line, {.vocabulary = vocabulary});
  if (!parsed) return "at " + std::to_string(parsed.error().at) + ": " + parsed.error().message;
  // Some tests change what has been read.
  auto fresh = subject;
  fresh.read = {};
  const auto problems = unmet({Expectation{{*parsed}}}, fresh);
  return problems.empty() ? "" : problems.front().substr(line.size() + 2);
}

}  // namespace

TEST_CASE("lines that hold of a response") {
  for (const auto* line : {
           "status == 200",
           "status in [200, 201]",
           "status between 200 299",
           "status not == 404",
           "version == \"1.1\"",
           "url urlQueryParam \"q\" == \"a b\"",
           "url endsWith \"a%20b\"",
           "header \"x-one\" == \"1\"",
           "header \"x-one\" toInt == 1",
           "header \"X-Many\" count == 2",
           "header \"X-Many\" includes \"b\"",
           "header \"X-None\" not exists",
           "cookie \"session\" == \"abc\"",
           "cookie \"session[Value]\" startsWith \"a\"",
           "cookie \"session[Secure]\" exists",
           "cookie \"session[Max-Age]\" == 60",
           "cookie \"session[Expires]\" not exists",
           "cookie \"old[Expires]\" dateFormat \"%Y\" == \"1970\"",
           "jsonpath \"$.state\" == \"READY\"",
           "jsonpath \"$.items\" count == 2",
           "jsonpath \"$.items[*].id\" nth -1 == 2",
           "jsonpath \"$.items[*].id\" contains 2",
           "jsonpath \"$.items[*].id\" not contains 3",
           "jsonpath \"$.items[0].id\" isInteger",
           "jsonpath \"$.items[9]\" not exists",
           "jsonpath \"$.big\" == 123456789012345678901",
           "jsonpath \"$.big\" > 1",
           "jsonpath \"$.pi\" isFloat",
           "jsonpath \"$.pi\" < 3.15",
           "jsonpath \"$.pi\" toInt == 3",
           "jsonpath \"$.none\" == null",
           "jsonpath \"$.yes\" == true",
           "jsonpath \"$.yes\" isBoolean",
           "jsonpath \"$.empty\" isEmpty",
           "jsonpath \"$.uuid\" isUuid",
           "jsonpath \"$.when\" isIsoDate",
           "jsonpath \"$.when\" toDate \"%+\" isDate",
           "jsonpath \"$.html\" xpath \"string(//p/@class)\" == \"a\"",
           "jsonpath \"$.html\" xpath \"//p\" count == 1",
           "jsonpath \"$.html\" htmlUnescape contains \"x & y\"",
           "jsonpath \"$.b64\" base64Decode == hex,6869;",
           "jsonpath \"$.b64\" base64Decode utf8Decode == `hi`",
           "jsonpath \"$.nested\" jsonpath \"$.a[0]\" == 1",
           "jsonpath \"$.state\" lower == \"ready\"",
           "jsonpath \"$.state\" replace \"EA\" \"__\" == \"R__DY\"",
           "jsonpath \"$.state\" replaceRegex /([A-Z])/ \"$1.\" == \"R.E.A.D.Y.\"",
           "jsonpath \"$.state\" split \"A\" first == \"RE\"",
           "jsonpath \"$.state\" regex \"R(.)\" == \"E\"",
           "jsonpath \"$.state\" matches /^R\\w+$/",
           "jsonpath \"$.state\" urlEncode == \"READY\"",
           "regex /\"state\": \"(\\w+)\"/ == \"READY\"",
           "body contains \"READY\"",
           "bytes count > 100",
           "bytes startsWith hex,7b;",
           "sha256 toHex matches \"^[0-9a-f]{64}$\"",
           "md5 count == 16",
           "ip isIpv4",
           "ip not isIpv6",
           "duration < 13",
           "redirects count == 2",
           "redirects nth 0 location == \"/items\"",
           "redirects last location not exists",
           "certificate \"Subject\" contains \"shop\"",
           "certificate \"Expire-Date\" daysAfterNow > 14",
           "certificate \"Start-Date\" daysBeforeNow > 14",
           "  status   ==200  ",
       }) {
    INFO(line);
    CHECK(of(line).empty());
  }
}

TEST_CASE("lines that do not hold say what was found and what was expected") {
  CHECK(of("status == 404") == "it is integer <200>, expected integer <404>");
  CHECK(of("status != 200") == "it is integer <200>, expected not integer <200>");
  // A flag is unequal to every value, as in Hurl.
  CHECK_FALSE(of("cookie \"session[Secure]\" == true").empty());
  CHECK(of("cookie \"session[Secure]\" != true").empty());
  CHECK(of("cookie \"session[Secure]\" not == \"x\"").empty());
  CHECK_FALSE(of("jsonpath \"$.state\" == /READY/").empty());
  CHECK(of("status not == 200") == "it is integer <200>, expected not integer <200>");
  CHECK(of("header \"X-None\" == \"1\"") == "it is none, expected string <1>");
  CHECK(of("header \"X-None\" != \"1\"") == "it is none, expected not string <1>");
  CHECK(of("header \"X-None\" toInt == 1") == "toInt: there is no value to work on");
  CHECK(of("jsonpath \"$.state\" > 5") ==
        "it is string <READY>, expected greater than integer <5>, which such a value cannot be asked");
  CHECK(of("jsonpath \"$.state\" not > 5").ends_with("cannot be asked"));
  CHECK(of("jsonpath \"$.state\" toInt == 1") == "toInt: 'READY' is not a whole number");
  CHECK(of("jsonpath \"$.items\" toInt == 1").starts_with("toInt: it takes a number or a string, not list <["));
  CHECK(of("jsonpath \"$.items\" nth 5 exists") == "nth: the list has 2 items, there is no item 5");
  CHECK(of("status in [201, 202]") == "it is integer <200>, expected one of integer <201>, integer <202>");
  CHECK(of("status between 300 399") == "it is integer <200>, expected between integer <300> and integer <399>");
  CHECK(of("xpath \"//a\" exists") == "the text is not XML");
  Subject text = response();
  text.body = "hello\nworld";
  CHECK(of("jsonpath \"$.a\" exists", text) == "the body is not JSON: syntax error");
  CHECK(of("body == \"x\"", text) == "it is string <hello\\nworld>, expected string <x>");
  text.body = "\xff";
  CHECK(of("body exists", text) == "the body cannot be read: the bytes are not utf-8");
  text.headers = {{"Content-Type", "text/plain; charset=\"latin1\""}};
  CHECK(of("body == \"\\u{ff}\"", text).empty());
}

TEST_CASE("bodies are read in the charsets of the web, and in no others") {
  Subject page;
  page.headers = {{"Content-Type", "text/plain; charset=Shift_JIS"}};
  page.body = "\x82\xa0";
  CHECK(of("body == \"\\u{3042}\"", page).empty());
  page.headers = {{"Content-Type", "text/plain; charset=IBM1364"}};
  CHECK(of("body exists", page) == "the body cannot be read: there is no charset 'ibm1364'");
  page.headers = {{"Content-Type", "text/plain; charset=utf-16//IGNORE"}};
  CHECK(of("body exists", page).find("there is no charset") != std::string::npos);
}

TEST_CASE("markup is asked with XPath") {
  Subject page;
  page.headers = {{"Content-Type", "text/html; charset=utf-8"}};
  page.body = "<!doctype html><title>Shop</title><ul><li>a<li>b</ul>";
  CHECK(of("xpath \"string(//title)\" == \"Shop\"", page).empty());
  CHECK(of("xpath \"count(//li)\" == 2", page).empty());
  CHECK(of("xpath \"//li\" count == 2", page).empty());
  CHECK(of("xpath \"//nav\" not exists", page).empty());
  CHECK(of("xpath \"boolean(//li)\" == true", page).empty());
  page.headers = {{"Content-Type", "text/xml"}};
  page.body = "<r xmlns='urn:a' xmlns:b='urn:b'><b:i>1</b:i></r>";
  CHECK(of("xpath \"string(/_:r/b:i)\" == \"1\"", page).empty());
  // Entities are not expanded, and nothing is fetched.
  page.body = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r>&x;</r>";
  CHECK(of("xpath \"string(/r)\" == \"\"", page).empty());
}

TEST_CASE("each kind has its own queries") {
  Subject reply;
  reply.facts["rcode"] = Value(std::string("NOERROR"));
  reply.facts["answers"] = *parse_json(R"([{"name": "a.", "type": "A", "ttl": 60, "data": "192.0.2.1"}])");
  reply.phases = {{"resolve", 1.5}, {"request", 2}, {"request", 0.5}};
  CHECK(of("rcode == \"NOERROR\"", reply, kOfDns).empty());
  CHECK(of("answers jsonpath \"$[?@.type == 'A'].data\" == \"192.0.2.1\"", reply, kOfDns).empty());
  CHECK(of("answers nth 0 jsonpath \"$.ttl\" >= 60", reply, kOfDns).empty());
  CHECK(of("flags not exists", reply, kOfDns).empty());
  CHECK(of("timing \"request\" == 2.5", reply, kOfDns).empty());
  CHECK(of("timing \"total\" == 4", reply, kOfDns).empty());
  CHECK(of("timing \"tls\" not exists", reply, kOfDns).empty());
  CHECK(of("timing \"tsl\" exists", reply, kOfDns) == "at 7: there is no phase 'tsl'");
  CHECK(of("status == 200", reply, kOfDns) == "at 0: checks of this kind have no status");
  CHECK(of("rcode == \"NOERROR\"") == "at 0: there is no query rcode");
  CHECK(of("tls_version == \"1.3\"", reply, kOfTls) == "it is none, expected string <1.3>");
  CHECK(of("banner startsWith \"220\"", reply, kOfTcp) == "it is none, expected starts with string <220>");
}

TEST_CASE("lines that are none say where and why") {
  CHECK(of("") == "at 0: expected a query");
  CHECK(of("stauts == 200") == "at 0: there is no query stauts");
  CHECK(of("status") == "at 6: expected a predicate");
  CHECK(of("status = 200") == "at 7: expected a predicate");
  CHECK(of("status equals 200") == "at 7: there is no filter or predicate equals");
  CHECK(of("status == ") == "at 10: expected a value");
  CHECK(of("status == 2OO") == "at 10: '2OO' is not a number");
  CHECK(of("status == 200 201") == "at 14: the line should end here");
  CHECK(of("header == 1") == "at 7: expected a text in quotes");
  CHECK(of("header \"a == 1") == "at 14: the text has no end");
  CHECK(of("body contains \"\\q\"") == "at 16: the escaping sequence is not valid");
  CHECK(of("body matches /(/") == "at 14: not a regular expression: missing ): (");
  CHECK(of("body matches /a") == "at 15: invalid Regex expression: unexpected end of file");
  CHECK(of("jsonpath \"$[\" exists") ==
        "at 12: not a JSONPath: expected a selector: 'name', an index, a slice, * or ?filter");
  CHECK(of("xpath \"//[\" exists") == "at 6: it is not an XPath expression");
  CHECK(of("cookie \"a[Colour]\" exists") == "at 10: a cookie has no attribute 'colour'");
  CHECK(of("certificate \"Colour\" exists") == "at 12: a certificate has no 'Colour'");
  CHECK(of("status in 200") == "at 10: expected a list");
  CHECK(of("bytes == hex,abc;") == "at 16: expecting an even number of hex digits");
  CHECK(of("bytes == base64,?;") == "at 16: expecting ';'");
  CHECK(of("body == \"{{x}}\"") == "at 9: {{ begins a variable of Hurl's, and there are none here");
  CHECK(of("body nth \"1\" exists").starts_with("at 9: "));
}
