#include "config/mapping.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::config;

namespace {

/// A mapping of `yaml` with the diagnostics it gives.
struct Read {
  explicit Read(const std::string& yaml)
      : source(std::make_shared<const Source>(Source{"t.yml", yaml})),
        mapping(*parse_yaml(source, diagnostics), "", context) {}

  [[nodiscard]] std::string messages() const {
    std::string out;
    for (const auto& d : diagnostics.sorted()) out += d.place.text() + " " + d.message + "\n";
    return out;
  }

  std::shared_ptr<const Source> source;
  Diagnostics diagnostics;
  Context context{diagnostics, {}, nullptr};
  Mapping mapping;
};

}  // namespace

TEST_CASE("unknown keys are reported with the nearest known one") {
  Read read("intervall: 5s\n");
  Duration interval{};
  read.mapping.read("interval", interval);
  read.mapping.finish();
  REQUIRE(read.diagnostics.errors() == 1);
  CHECK(read.diagnostics.sorted()[0].hint == "did you mean interval?");
}

TEST_CASE("a key that is written twice is an error at the second place") {
  Read read("a: 1\na: 2\n");
  CHECK(read.messages() == "t.yml:2:1 key a is written twice\n");
}

TEST_CASE("merge keys fill in what is not written") {
  Read read("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n");
  read.mapping.take("base");
  auto use = read.mapping.take_mapping("use");
  std::int64_t x = 0;
  std::int64_t y = 0;
  use->read_integer("x", x, 0, 9);
  use->read_integer("y", y, 0, 9);
  use->finish();
  CHECK(x == 1);
  CHECK(y == 3);
  CHECK(read.messages().empty());
}

TEST_CASE("wrong types keep the default and say what was found") {
  Read read("flag: maybe\nnumber: \"5\"\nlist: one\ntext: [a]\nsize: 10\n");
  bool flag = true;
  std::int64_t number = 7;
  std::string text = "kept";
  std::int64_t size = 3;
  read.mapping.read("flag", flag);
  read.mapping.read_integer("number", number, 0, 9);
  read.mapping.take_list("list");
  read.mapping.read("text", text);
  read.mapping.read_size("size", size);
  read.mapping.finish();
  CHECK(flag);
  CHECK(number == 7);
  CHECK(text == "kept");
  CHECK(size == 3);
  CHECK(read.diagnostics.errors() == 5);
}

TEST_CASE("booleans are YAML 1.1's words, quoted too") {
  for (const auto* word : {"true", "Yes", "on", "\"yes\""}) {
    Read read(std::string("b: ") + word);
    bool value = false;
    CHECK(read.mapping.read("b", value));
    CHECK(value);
  }
}

TEST_CASE("null reads as not there") {
  Read read("a:\nb: ~\n");
  std::string a = "default";
  CHECK_FALSE(read.mapping.read("a", a));
  CHECK_FALSE(read.mapping.take("b"));
  read.mapping.finish();
  CHECK(a == "default");
  CHECK(read.messages().empty());
}

TEST_CASE("patterns that do not compile are reported where they stand") {
  Read read("p:\n  - ok\n  - '(?=look)'\n");
  std::vector<Pattern> patterns;
  read.mapping.read("p", patterns);
  CHECK(patterns.size() == 1);
  CHECK(read.messages().starts_with("t.yml:3:5 not a regular expression"));
}

TEST_CASE("syntax errors have a place") {
  Diagnostics diagnostics;
  const auto source = std::make_shared<const Source>(Source{"t.yml", "a: b: c\n"});
  CHECK_FALSE(parse_yaml(source, diagnostics));
  CHECK(diagnostics.sorted()[0].place.line == 1);
  CHECK_FALSE(parse_yaml(std::make_shared<const Source>(Source{"e.yml", ""}), diagnostics));
}

TEST_CASE("groups of a match can be taken by number and name") {
  const auto pattern = *Pattern::compile("(?P<host>[a-z]+) (\\d+)");
  CHECK(pattern.groups("220 smtp 25 x") == std::vector<std::string>{"smtp 25", "smtp", "25"});
  CHECK(pattern.group_number("host") == 1);
  CHECK(pattern.group_number("none") == -1);
  CHECK(pattern.groups("nothing").empty());
}
