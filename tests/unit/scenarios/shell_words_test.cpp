#include "scenarios/import/shell_words.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::scenarios;

namespace {

using Words = std::vector<std::string>;

Words words(std::string_view text) {
  const auto out = shell_words(text);
  INFO(text);
  REQUIRE(out);
  return *out;
}

}  // namespace

// What `printf '%s\n'` of Bash 5.2 shows for each.
TEST_CASE("words are taken apart as a shell does") {
  CHECK(words("  a\tb  c ") == Words{"a", "b", "c"});
  CHECK(words(R"('a b' "c d" e\ f a"b"'c'\d)") == Words{"a b", "c d", "e f", "abcd"});
  CHECK(words(R"("a\"b\\c\$d\`e\n" 'x'"y"z)") == Words{R"(a"b\c$d`e\n)", "xyz"});
  CHECK(words(R"("" '' a'' $"a b")") == Words{"", "", "a", "a b"});
  CHECK(words(R"($ "$" a$ $. 5$ $"")") == Words{"$", "$", "a$", "$.", "5$", ""});
  CHECK(words("a \\\n b c\\\nd \"e\nf\" \"g\\\nh\"") == Words{"a", "b", "cd", "e\nf", "gh"});
  CHECK(words("a \\\r\n b") == Words{"a", "b"});
}

TEST_CASE("texts with the escapes of C") {
  CHECK(words(R"($'a\tb\n\\\'\"\?\x41\x4g\101')") == Words{"a\tb\n\\'\"?A\x04gA"});
  CHECK(words(R"($'\u00e9\U0001F600\u0021')") == Words{"\u00e9\U0001F600!"});
  CHECK(words(R"($'\e\cA\q\a')") == Words{"\x1b\x01\\q\a"});
  CHECK(words(R"(x$'\n'y)") == Words{"x\ny"});
}

TEST_CASE("what follows the command, redirections and comments are none of its words") {
  CHECK(words("a#b # comment\nc") == Words{"a#b"});
  CHECK(words("\n# first\n\na b\nc") == Words{"a", "b"});
  CHECK(words("a >b c 2>&1 d 3<e f >>g h &>i j >|k l >'m n' o") == Words{"a", "c", "d", "f", "h", "j", "l", "o"});
  CHECK(words("a2>b c") == Words{"a2", "c"});
  CHECK(words("a; b") == Words{"a"});
  CHECK(words("a && b") == Words{"a"});
  CHECK(words("a&b") == Words{"a"});
  CHECK(words("a|b") == Words{"a"});
  CHECK(words("a || b") == Words{"a"});
  CHECK(words("a ';|&>' b") == Words{"a", ";|&>", "b"});
  CHECK(words("").empty());
}

TEST_CASE("what only a shell knows is refused") {
  for (const auto* text : {"a $b", "a \"${b}\"", "a \"x$b_1/y\"", "a $(b)", "a `b`", "a \"`b`\"", "a <<E", "a 'b",
                           "a \"b", "a $'b", "a >"}) {
    INFO(text);
    CHECK_FALSE(shell_words(text));
  }
  CHECK(shell_words("a \"$BASE/x\"").error().find("the value of BASE") == 0);
}
