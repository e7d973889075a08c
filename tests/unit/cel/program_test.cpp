#include "cel/program.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::cel;

namespace {

constexpr auto kBody = R"({"status": "ok", "count": 3, "ratio": 0.5, "big": 9007199254740993, "none": null, "on": true,
  "items": [{"name": "a", "n": 1}, {"name": "b", "n": 2}], "tags": ["x", "y"],
  "when": "2026-11-25T10:00:00Z", "took": "90s",
  "odd key": 1, "count": 4})";

/// `true`, `false`, `error`, or the type of what is neither.
std::string run(const std::string& text, const std::string& body = kBody) {
  const auto program = Program::compile(text, "body");
  if (!program) return "refused: " + program.error().message;
  const auto value = from_json(body);
  REQUIRE(value);
  const auto outcome = program->run(*value);
  if (!outcome) return "error";
  const auto* flag = outcome->get<bool>();
  return flag == nullptr ? outcome->type_name() : *flag ? "true" : "false";
}

}  // namespace

TEST_CASE("expressions that hold of a body") {
  for (const auto* text : {
           "body.status == 'ok'",
           "body.count == 4",
           "body.count == 4u",
           "body.count > 3 && body.ratio < 1",
           "4 == body.count",
           "body['odd key'] == 1.0",
           "body.items[1].name == \"b\"",
           "body.items[1.0].n == 2",
           "size(body.items) == 2",
           "body.items.size() == 2",
           "body.status.startsWith('o') && body.status.endsWith('k') && body.status.contains('k')",
           "body.status.matches('^o.$')",
           "matches(body.status, 'k')",
           "has(body.status) && !has(body.missing)",
           "'x' in body.tags",
           "'status' in body",
           "!('z' in body)",
           "body.none == null",
           "body.on",
           "body.on ? true : body.missing",
           "body.items.all(i, i.n > 0)",
           "body.items.exists(i, i.name == 'b')",
           "body.items.exists_one(i, i.n == 1)",
           "body.items.map(i, i.name) == ['a', 'b']",
           "body.items.map(i, i.n > 1, i.name) == ['b']",
           "body.items.filter(i, i.n > 1).size() == 1",
           "body.all(k, size(k) > 1)",
           "true || body.missing",
           "body.missing || true",
           "!(false && body.missing)",
           "!(body.missing && false)",
           "[1, 2] + [3] == [1, 2, 3]",
           "{'a': 1}.a == 1",
           "{1: 'x'}[1] == 'x'",
           "int('42') == 42 && double(1) == 1.0 && uint(3) == 3u && string(7) == '7'",
           "int(body.count) / 3 == 1",
           "int(2.9) == 2",
           "7 % 4 == 3 && -7 / 2 == -3 && 1 + 2 * 3 == 7",
           "-9223372036854775808 < 0",
           "0x10 == 16",
           "1e3 == 1000.0",
           ".5 == body.ratio",
           "timestamp(body.when) < timestamp('2026-11-25T13:00:00+02:00')",
           "timestamp(body.when) + duration(body.took) == timestamp('2026-11-25T10:01:30Z')",
           "timestamp('2026-11-25T10:00:00Z') - timestamp('2026-11-25T09:00:00Z') == duration('1h')",
           "duration('1h30m').getMinutes() == 90",
           "timestamp(body.when).getFullYear() == 2026 && timestamp(body.when).getMonth() == 10",
           "timestamp(body.when).getDate() == 25",
           "timestamp(body.when).getDayOfWeek() == 3 && timestamp(body.when).getHours('+02:00') == 12",
           "string(timestamp('2026-01-01T00:00:00.5Z')) == '2026-01-01T00:00:00.5Z'",
           "type(body.count) == double && type(1) == int",
           "'a' < 'b' && b'a' < b'b' && false < true",
           "'\\u00e9' == '\\xe9' || true",
           "r'\\d' == '\\\\d'",
           "'''a\nb''' == 'a\\nb'",
           "size('\\u00e9') == 1",
           "dyn(1) == 1.0 && dyn(1u) == 1 && !(dyn(1) == '1')",
           "body.items[0] == {'name': 'a', 'n': 1}",
           "// nothing\n body.on",
           "((((body.on))))",
           "!!body.on",
           "dyn(1) == 1",
           "bool('true')",
           "[1, 2,].size() == 2",
       }) {
    INFO(text);
    CHECK(run(text) == "true");
  }
}

TEST_CASE("expressions that do not hold, are errors, or no condition") {
  for (const auto* text : {"body.count == '4'", "body.status != 'ok'", "body.items.all(i, i.n > 1)",
                           "body.tags == ['x']", "1.0 / 0.0 < 0.0"}) {
    INFO(text);
    CHECK(run(text) == "false");
  }
  for (const auto* text : {"body.missing",
                           "body.missing == 1",
                           "body.items[2].n == 1",
                           "body.items[-1] == 1",
                           "body.status.n",
                           "body.count + 1 == 5",
                           "1 / 0 == 1",
                           "1 % 0 == 1",
                           "9223372036854775807 + 1 > 0",
                           "body.status > 1",
                           "!body.status",
                           "body.status && true",
                           "int('x') == 1",
                           "timestamp('yesterday') == timestamp(0)",
                           "body.status ? true : false",
                           "body.count.all(i, true)",
                           "has(body.status.length)",
                           "{'a': 1, 'a': 2}.a == 1",
                           "body.status.matches('(')",
                           "uint(-1) == 0u",
                           "false || body.missing"}) {
    INFO(text);
    CHECK(run(text) == "error");
  }
  CHECK(run("body.count") == "double");
  CHECK(run("body.items") == "list");
  CHECK(run("1") == "int");
}

TEST_CASE("what does not compile says where and why") {
  const auto refused = [](const std::string& text) {
    const auto program = Program::compile(text, "body");
    INFO(text);
    REQUIRE_FALSE(program);
    return std::to_string(program.error().at) + " " + program.error().message;
  };
  CHECK(refused("") == "0 the expression ends too early");
  CHECK(refused("body.") == "5 expected the name of a field");
  CHECK(refused("status == 'ok'") == "0 undeclared reference to 'status'");
  CHECK(refused("body.items.all(i, j)") == "18 undeclared reference to 'j'");
  CHECK(refused("body.foo()") == "4 there is no function foo with 0 arguments that is called on a value");
  CHECK(refused("size()") == "0 there is no function size with 0 arguments");
  CHECK(refused("has(body)") == "0 has() takes a field, such as has(body.name)");
  CHECK(refused("(1") == "2 expected )");
  CHECK(refused("1 2") == "2 the expression should end here");
  CHECK(refused("'abc") == "4 the text has no end");
  CHECK(refused("body == #") == "8 there is no such sign in an expression");
  CHECK(refused("9223372036854775808") == "0 the number is too large");
  CHECK(refused(std::string(500, '(')).ends_with("nested too deeply"));
  CHECK(refused(std::string(500, '!') + "true").ends_with("nested too deeply"));
}

TEST_CASE("types that cannot fit are found before anything runs") {
  for (const auto* text : {"1 + 'a' == 2",
                           "1 == 1.0",
                           "1 < 2.0",
                           "'a' == 1",
                           "!1",
                           "-true",
                           "1 && true",
                           "true ? 1 : 'a'",
                           "1 ? true : false",
                           "1.0 % 2.0 == 0.0",
                           "[1] < [2]",
                           "size(1) == 1",
                           "int(true) == 1",
                           "'a'.contains(1)",
                           "1 in 2",
                           "[1]['a'] == 1",
                           "null == 1",
                           "timestamp(1) + timestamp(0) == timestamp(1)",
                           "duration('1s').getFullYear() == 1",
                           "body.all(x, 1)",
                           "1.all(x, true)",
                           "'a'.b == 1",
                           "type(1) < int"}) {
    INFO(text);
    CHECK_FALSE(Program::compile(text, "body"));
  }
  CHECK(Program::compile("1 + 'a' == 2", "body").error().message == "+ does not take int and string");
  for (const auto* text :
       {"body.a + 'x' == 'y'", "body == null", "1 + body == 2", "body.a ? 1 : body.b", "type(body) == map",
        "body.filter(x, x.a).map(x, x.b).size() > 1", "timestamp(1) - timestamp(0) == duration('1s')"}) {
    INFO(text);
    CHECK(Program::compile(text, "body"));
  }
}

TEST_CASE("an expression that would run for ever is given up") {
  std::string body = "[0";
  for (int i = 1; i < 300; ++i) body += "," + std::to_string(i);
  CHECK(run("body.all(a, body.all(b, body.all(c, a + b + c >= 0.0)))", body + "]") == "error");
}

TEST_CASE("JSON is read strictly") {
  for (const auto* text : {"", "{", "NaN", "{} x", "\xef\xbb\xbf{}", "{'a': 1}", "[1,]"}) CHECK_FALSE(from_json(text));
  CHECK_FALSE(from_json(std::string(1000, '[')));
}
