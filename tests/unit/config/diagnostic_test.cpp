#include "config/diagnostic.hpp"

#include "config/nearest.hpp"
#include "tests/support/catch.hpp"

using namespace vedette::config;

namespace {

Place at(int line, int column) {
  static const auto source = std::make_shared<const Source>(Source{"a.yml", "first: 1\n\tsecond: 2\r\nüber: 3"});
  return {source, line, column};
}

}  // namespace

TEST_CASE("a diagnostic shows its place, the line, a caret and the hint") {
  const Diagnostic diagnostic{Severity::kError, at(1, 8), "too small", "write 2"};
  CHECK(render(diagnostic, false) ==
        "a.yml:1:8: too small\n    1 | first: 1\n      |        ^\n      = hint: write 2\n");
}

TEST_CASE("the caret stands right behind tabs and letters of several bytes") {
  CHECK(render({Severity::kError, at(2, 2), "m", ""}, false) == "a.yml:2:2: m\n    2 | \tsecond: 2\n      | \t^\n");
  CHECK(render({Severity::kWarning, at(3, 8), "m", ""}, false) ==
        "a.yml:3:8: warning: m\n    3 | über: 3\n      |       ^\n");
}

TEST_CASE("a column behind the end of the line is its end") {
  const auto source = std::make_shared<const Source>(Source{"a.yml", std::string(200, 'x')});
  CHECK(render({Severity::kError, {source, 1, 400}, "m", ""}, false) ==
        render({Severity::kError, {source, 1, 201}, "m", ""}, false).replace(8, 3, "400"));
}

TEST_CASE("secrets in a shown line are starred out, references are not") {
  const auto shown = [](const std::string& line) {
    const auto source = std::make_shared<const Source>(Source{"a.yml", line});
    const auto text = render({Severity::kError, {source, 1, 1}, "m", ""}, false);
    return text.substr(text.find("| ") + 2, line.size());
  };
  CHECK(shown("basic_auth: {username: u, password: hunter2, x: y}") ==
        "basic_auth: {username: u, password: *******, x: y}");
  CHECK(shown("password: \"a, b\"  # c") == "password: ******  # c");
  CHECK(shown("headers: {Authorization: Bearer abc, X-Api-Key: 'k'}") ==
        "headers: {Authorization: **********, X-Api-Key: ***}");
  CHECK(shown("bearer_token: ${TOKEN}") == "bearer_token: ${TOKEN}");
  CHECK(shown("bearer_token: \"${TOKEN}\"") == "bearer_token: \"${TOKEN}\"");
  CHECK(shown("target: https://u:pw@x/") == "target: https://u:**@x/");
  CHECK(shown("password_file: /etc/pw") == "password_file: /etc/pw");
  CHECK(shown("name: token") == "name: token");
}

TEST_CASE("a place without a line is the file as a whole") {
  CHECK(render({Severity::kError, at(0, 0), "empty", ""}, false) == "a.yml: empty\n");
}

TEST_CASE("diagnostics come in the order of their places, each once") {
  Diagnostics all;
  all.error(at(3, 1), "last");
  all.warning(at(1, 1), "first");
  all.error(at(3, 1), "last");
  REQUIRE(all.sorted().size() == 2);
  CHECK(all.sorted()[0].message == "first");
  CHECK(all.errors() == 1);
  CHECK(all.warnings() == 1);
  CHECK(all.first_error() == "a.yml:3:1: last");
}

TEST_CASE("the nearest word is a likely typing error or nothing") {
  const std::vector<std::string_view> words{"interval", "timeout", "target"};
  CHECK(nearest("intervall", words) == "interval");
  CHECK(nearest("time_out", words) == "timeout");
  CHECK_FALSE(nearest("headers", words));
  CHECK_FALSE(nearest("", words));
}
