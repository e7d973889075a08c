#include "config/pattern.hpp"

#include "tests/support/catch.hpp"

using vedette::config::Pattern;

TEST_CASE("groups are expanded as Go's Expand does") {
  const auto pattern = *Pattern::compile("^(?P<code>\\d+) (.*)$");
  const auto groups = pattern.groups("220 ready");
  CHECK(pattern.expanded("$1|${2}|$code|${code}", groups) == "220|ready|220|220");
  CHECK(pattern.expanded("$$1 $ ${x $-", groups) == "$1 $ ${x $-");
  CHECK(pattern.expanded("<$unknown><$9>", groups) == "<><>");
  CHECK(pattern.expanded("$1x", groups).empty());
}

TEST_CASE("every match is replaced, empty ones too") {
  CHECK(Pattern::compile("(\\w)(\\d)")->replaced("a1 b2 c", "$2$1") == "1a 2b c");
  CHECK(Pattern::compile("x*")->replaced("abc", "-") == "-a-b-c-");
  CHECK(Pattern::compile("b")->replaced("\xc3\xa4"
                                        "b\xff",
                                        "") == "\xc3\xa4\xef\xbf\xbd");
  CHECK(Pattern::compile("x")->replaced("abc", "y") == "abc");
}

TEST_CASE("the dialect is Go's where RE2 differs") {
  for (const auto* text :
       {"(?<n>a)", "(?P<n>a)", "[[(?<\\xff>]", "\\Q(?<\xc3\xa9>\\E", "[]a]", "[^]a]", "[[:alpha:]]"}) {
    INFO(text);
    CHECK(Pattern::compile(text));
  }
  for (const auto* text : {"\\C", "a\\C", "(?P<\xc3\xa9>x)", "(?<=a)", "(?=a)"}) {
    INFO(text);
    CHECK_FALSE(Pattern::compile(text));
  }
  CHECK(Pattern::compile("^.$")->found_in("\xff"));
  CHECK(Pattern::compile("(?P<n>b)")->group_number("n") == 1);
  CHECK(Pattern::compile("(?<n>b)")->group_number("n") == 1);
}
