// What Hurl files are read as, and where they are refused: places and titles are those of Hurl 8.

#include "scenarios/hurl/parser.hpp"
#include "scenarios/reports/report.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::scenarios;

namespace {

tl::expected<Steps, language::SyntaxError> parse(const std::string& text) {
  return hurl::parse(std::make_shared<const config::Source>(config::Source{"x.hurl", text}));
}

/// `line:column title`, or nothing when the text is a Hurl file.
std::string refusal(const std::string& text) {
  const auto source = std::make_shared<const config::Source>(config::Source{"x.hurl", text});
  const auto steps = hurl::parse(source);
  if (steps) return {};
  const auto place = Origin::whole(source).place(steps.error().at);
  return fmt::format("{}:{} {}", place.line, place.column, steps.error().title);
}

}  // namespace

TEST_CASE("a file with everything is read") {
  const auto steps = parse(R"(
# first
# @id named
PUT http://localhost/{{a}}?b={{newUuid}}  # comment
H\u{41}: v {{x}}
Empty:
[Query]
a: b
[Form]
x: y
[Cookies]
c: d
[BasicAuth]
user: pass
[Options]
retry: 3
retry-interval: 10ms
variable: n="x"
skip: {{s}}
HTTP/1.1 200
Content-Type: text/plain
[Captures]
a: jsonpath "$..a" nth 0 redact
{{b}}: header "X" replace "a" "b"
[Asserts]
status >= 200
header "a" matches /^a\/b$/
body not contains `x`
bytes startsWith hex,00ff;
`end {{x}}`

HEAD http://localhost
[Multipart]
f: file,a\ b.txt; text/plain
t: v
HTTP *

POST http://localhost
{"a": [1, -2.5e3, "{{x}}", {{y}}, null, true], "b": {}}

POST http://localhost
```graphql
query { a }

variables {"a": {{b}}}
```
POST http://localhost
<a><b/></a>
POST http://localhost
file,body.bin;
)");
  REQUIRE(steps);
  REQUIRE(steps->size() == 6);
  const auto& first = std::get<HttpAction>((*steps)[0].action);
  CHECK((*steps)[0].id == "named");
  CHECK((*steps)[1].id == "e2");
  CHECK(first.method == "PUT");
  CHECK(first.headers.size() == 2);
  CHECK(first.headers[0].name.text.text() == "HA");
  CHECK(first.headers[1].value.empty());
  CHECK(first.options.size() == 4);
  CHECK((*steps)[0].captures.size() == 2);
  CHECK((*steps)[0].captures[0].capture.redact);
  CHECK((*steps)[0].expect.size() == 4);
  CHECK((*steps)[0].implicit->version == "1.1");
  CHECK((*steps)[0].implicit->body.shape == Body::Shape::kText);
  CHECK_FALSE((*steps)[1].implicit->status);
  CHECK(std::get<HttpAction>((*steps)[1].action).body.parts[0].file->text.text() == "a b.txt");
  CHECK(std::get<HttpAction>((*steps)[3].action).body.shape == Body::Shape::kGraphQl);
  CHECK(std::get<HttpAction>((*steps)[4].action).body.content_type == "application/xml");
}

TEST_CASE("line ends of Windows, comments and blank lines alone are fine") {
  CHECK(refusal("GET http://x\r\nHTTP 200\r\n\r\n# end").empty());
  CHECK(refusal("").empty());
  CHECK(refusal("# nothing\n\n").empty());
}

TEST_CASE("what is refused, and where") {
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"get http://x", "1:1 Parsing method"},
           {"GET", "1:1 Parsing literal"},
           {"GET http://x\nHTTP abc", "2:6 Parsing status code"},
           {"GET http://x\nHTTP/4 200", "2:1 Parsing version"},
           {"GET http://x\nHTTP", "2:1 Parsing version"},
           {"GET http://x\n[Asserts]\nstatus == 200", "2:2 Parsing request section name"},
           {"GET http://x\nHTTP 200\n[Query]\na: b", "3:2 Parsing response section name"},
           {"GET http://x\nHTTP 200\n[Captures]\na: foo", "4:1 Parsing method"},
           {"GET http://x\nHTTP 200\n[Asserts]\nstatus foo 200", "4:8 Parsing predicate"},
           {"GET http://x\nHTTP 200\n[Asserts]\nstatus == ", "4:11 Parsing predicate value"},
           {"GET http://x\n[Options]\nfoo: true", "3:1 Parsing option"},
           {"GET http://x\n[Options]\nretry: x", "3:8 Parsing literal"},
           {"GET http://x\n[Options]\ndelay: 1x", "3:9 Parsing duration"},
           {"GET http://x\n{\"a\": }", "2:6 Parsing JSON"},
           {"GET http://x/{{", "1:16 Parsing template variable"},
           {"GET http://x\nHTTP 200\n[Asserts]\nheader \"a\\q\" exists", "4:11 Parsing escape character"},
           {"GET http://x\nHTTP 200\n```base65\n```", "3:4 Parsing multiline"},
           {"GET http://x\n[Query]\na: b\n[Query]\nc: d", "4:1 Parsing section"},
       }) {
    INFO(text);
    CHECK(refusal(text) == expected);
  }
}

TEST_CASE("a refusal is shown in Hurl's layout") {
  const auto source = std::make_shared<const config::Source>(config::Source{"x.hurl", "GET http://x\nHTTP abc\n"});
  const auto steps = hurl::parse(source);
  REQUIRE_FALSE(steps);
  const auto text = syntax_error_text(source, steps.error(), false);
  CHECK(text.starts_with("error: Parsing status code\n  --> x.hurl:2:6\n   |\n 2 | HTTP abc\n   |      ^ "));
}
