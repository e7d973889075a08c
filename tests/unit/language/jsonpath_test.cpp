#include "language/jsonpath/jsonpath.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::language;

namespace {

/// What a path finds, as JSON; `invalid at N: why` for one that is none.
std::string found(const std::string& path, const std::string& document) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return "invalid at " + std::to_string(parsed.error().at) + ": " + parsed.error().message;
  const auto root = parse_json(document);
  REQUIRE(root);
  const auto nodes = parsed->select(*root);
  if (!nodes) return nodes.error().message;
  std::string out;
  for (const auto* node : *nodes) out += (out.empty() ? "" : " ") + to_json(*node);
  return out;
}

// The document of RFC 9535 section 1.5, shortened.
const std::string kStore = R"({"store": {"book": [
  {"category": "reference", "author": "Rees", "price": 8.95},
  {"category": "fiction", "author": "Waugh", "price": 12.99},
  {"category": "fiction", "author": "Melville", "isbn": "0-553", "price": 8.99},
  {"category": "fiction", "author": "Tolkien", "isbn": "0-395", "price": 22.99}],
  "bicycle": {"color": "red", "price": 399}}})";

}  // namespace

TEST_CASE("the examples of RFC 9535 find what it says") {
  CHECK(found("$.store.book[*].author", kStore) == R"("Rees" "Waugh" "Melville" "Tolkien")");
  CHECK(found("$..author", kStore) == R"("Rees" "Waugh" "Melville" "Tolkien")");
  CHECK(found("$.store..price", kStore) == "8.95 12.99 8.99 22.99 399");
  CHECK(found("$..book[2].author", kStore) == R"("Melville")");
  CHECK(found("$..book[2].publisher", kStore).empty());
  CHECK(found("$..book[-1].author", kStore) == R"("Tolkien")");
  CHECK(found("$..book[0,1].author", kStore) == R"("Rees" "Waugh")");
  CHECK(found("$..book[:2].author", kStore) == R"("Rees" "Waugh")");
  CHECK(found("$..book[?@.isbn].author", kStore) == R"("Melville" "Tolkien")");
  CHECK(found("$..book[?@.price<10].author", kStore) == R"("Rees" "Melville")");
}

TEST_CASE("slices") {
  const std::string letters = R"(["a","b","c","d","e","f","g"])";
  CHECK(found("$[1:3]", letters) == R"("b" "c")");
  CHECK(found("$[5:]", letters) == R"("f" "g")");
  CHECK(found("$[1:5:2]", letters) == R"("b" "d")");
  CHECK(found("$[5:1:-2]", letters) == R"("f" "d")");
  CHECK(found("$[::-1]", letters) == R"("g" "f" "e" "d" "c" "b" "a")");
  CHECK(found("$[::0]", letters).empty());
  CHECK(found("$[-9007199254740991:9007199254740991]", "[1]") == "1");
}

TEST_CASE("filters compare, test and call") {
  const std::string items = R"([{"a":1,"b":"x"},{"a":2.0},{"a":"1"},{"a":null},{"c":[1,2]},3])";
  CHECK(found("$[?@.a == 1]", items) == R"({"a":1,"b":"x"})");
  CHECK(found("$[?@.a == 2]", items) == R"({"a":2.0})");
  CHECK(found("$[?@.a == null]", items) == R"({"a":null})");
  CHECK(found("$[?@.a >= 1 && @.a != 2]", items) == R"({"a":1,"b":"x"})");
  CHECK(found("$[?!@.a]", items) == R"({"c":[1,2]} 3)");
  CHECK(found("$[?(@.a == 1 || @.c) && !(@.b == 'y')]", items) == R"({"a":1,"b":"x"} {"c":[1,2]})");
  CHECK(found("$[?@.missing == @.other]", items) == found("$[*]", items));
  CHECK(found("$[?length(@.c) == 2]", items) == R"({"c":[1,2]})");
  CHECK(found("$[?count(@.*) > 1]", items) == R"({"a":1,"b":"x"})");
  CHECK(found("$[?value(@..b) == 'x']", items) == R"({"a":1,"b":"x"})");
  CHECK(found("$[?match(@.b, '[xy]')]", items) == R"({"a":1,"b":"x"})");
  CHECK(found("$[?search(@, 'l.o')]", R"(["hello","l\no"])") == R"("hello")");
  CHECK(found("$[?search(@, 'l.')]", R"(["hello","l\no"])") == R"("hello")");
  CHECK(found("$[?match(@.b, @.b)]", R"([{"b":"("}])").empty());
}

TEST_CASE("names in quotes, with escapes") {
  CHECK(found("$['a b']", R"({"a b":1})") == "1");
  CHECK(found("$[\"\\u00e4\\uD83D\\uDE00'\"]", "{\"\xc3\xa4\xf0\x9f\x98\x80'\":1}") == "1");
  CHECK(found("$['\\'\\\\\\/\\b\\f\\n\\r\\t']", R"({"'\\/\b\f\n\r\t":1})") == "1");
  CHECK(found("$.\xc3\xa4", "{\"\xc3\xa4\":1}") == "1");
}

TEST_CASE("what is no path says where and why") {
  CHECK(found("", "0") == "invalid at 0: a path begins with $");
  CHECK(found("a", "0") == "invalid at 0: a path begins with $");
  CHECK(found("$.", "0") == "invalid at 2: expected a name or *");
  CHECK(found("$ ", "0") == "invalid at 1: expected a segment: .name, [...] or ..name");
  CHECK(found("$[01]", "0") == "invalid at 2: expected a whole number");
  CHECK(found("$[9007199254740992]", "0") == "invalid at 2: expected a whole number");
  CHECK(found("$['a", "0") == "invalid at 2: the text has no end");
  CHECK(found("$['\\q']", "0") == "invalid at 3: there is no such escape");
  CHECK(found("$['\\ud800']", "0") == "invalid at 3: a surrogate stands alone");
  CHECK(found("$[?@.a.* == 1]", "0") == "invalid at 3: a path that may find several nodes cannot be compared");
  CHECK(found("$[?1]", "0") == "invalid at 3: a value alone is no condition");
  CHECK(found("$[?length(@)]", "0") == "invalid at 3: length() gives a value: compare it");
  CHECK(found("$[?match(@.a, 'a') == true]", "0") ==
        "invalid at 3: match() says true or false, and cannot be compared");
  CHECK(found("$[?count(1) == 1]", "0") == "invalid at 9: expected a path");
  CHECK(found("$[?nope(@)]", "0") ==
        "invalid at 3: there is no function nope(); known: length, count, match, search, value");
  CHECK(found("$[?" + std::string(200, '(') + "@" + std::string(200, ')') + "]", "0").find("nested too deeply") !=
        std::string::npos);
}

TEST_CASE("a path that visits too much is given up") {
  std::string document = "[0";
  for (int i = 0; i < 2000; ++i) document += ",0";
  CHECK(found("$[?count($..*) > 0]", document + "]") == "the path visits more than 1000000 nodes");
  std::string object = "{\"a\": 0";
  for (int i = 0; i < 20000; ++i) object += ",\"m" + std::to_string(i) + "\":0";
  CHECK(found("$[?@ == $.none]", object + "}") == "the path visits more than 1000000 nodes");
}
