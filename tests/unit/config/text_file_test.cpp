#include "config/text_file.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::config;

TEST_CASE("a text is UTF-8, without the mark that some editors put in front") {
  CHECK(*read_text("\xef\xbb\xbf"
                   "a: b\n") == "a: b\n");
  CHECK(*read_text("\xc3\xa9") == "\xc3\xa9");
  CHECK(read_text("")->empty());
}

TEST_CASE("what is not UTF-8 is told with its place") {
  const auto latin = read_text("a: b\nc\xc3\xa9: \xe9\n");
  REQUIRE_FALSE(latin);
  CHECK(latin.error().text("x.yml") == "x.yml:2:5: the byte 0xe9 is not UTF-8; save the file as UTF-8");
  const auto wide =
      read_text(std::string("\xff\xfe"
                            "a\0",
                            4));
  REQUIRE_FALSE(wide);
  CHECK(wide.error().text("x.yml") == "x.yml:1:1: the file is in UTF-16; save it as UTF-8");
  CHECK(read_text_file("/nonexistent", 10).error().line == 0);
}
