#include "scenarios/run/substitute.hpp"

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

struct Names final : language::Scope {
  const language::Value name{std::string("shop")};

  [[nodiscard]] const language::Value* variable(std::string_view asked) const override {
    return asked == "name" ? &name : nullptr;
  }
  [[nodiscard]] language::Found step(std::string_view /*id*/) const override { return {}; }
  std::uint64_t random() override { return 0; }
  tl::expected<std::string, language::Fault> read_file(const std::string& /*path*/) override { return std::string(); }
};

config::Value section_of(const std::string& text) {
  config::Diagnostics diagnostics;
  const auto source = std::make_shared<const config::Source>(config::Source{"x.yaml", text});
  return config::parse_yaml(source, diagnostics).value();
}

constexpr auto kSection = R"(
host: ${name}.example
quoted: "7"
plain: 7
nothing:
list: [a, "${name}", {deep: &once [1, 2]}]
again: *once
)";

/// A node whose tree is joined to another's is freed with it: trees of many runs would pile up in the section.
bool shares_a_node(const YAML::Node& a, const YAML::Node& b) {
  if (a.is(b)) return true;
  if (a.IsMap()) {
    for (const auto& pair : a) {
      if (pair.first.is(b) || shares_a_node(pair.second, b)) return true;
    }
  } else if (a.IsSequence()) {
    for (const auto& item : a) {
      if (shares_a_node(item, b)) return true;
    }
  }
  return false;
}

void each_node(const YAML::Node& node, const std::function<void(const YAML::Node&)>& visit) {
  visit(node);
  if (node.IsMap()) {
    for (const auto& pair : node) {
      visit(pair.first);
      each_node(pair.second, visit);
    }
  } else if (node.IsSequence()) {
    for (const auto& item : node) each_node(item, visit);
  }
}

}  // namespace

TEST_CASE("a section is copied with its placeholders replaced, and stays what it was") {
  const auto section = section_of(kSection);
  const auto before = YAML::Dump(section.node());
  Names names;
  const auto copy = scenarios::substitute(section, names);
  REQUIRE(copy);
  const auto& node = copy->node();
  CHECK(node["host"].Scalar() == "shop.example");
  CHECK(node["list"][1].Scalar() == "shop");
  CHECK(node["again"][1].Scalar() == "2");
  CHECK(node["nothing"].IsNull());
  CHECK(config::Value(node["quoted"], section.source()).is_quoted());
  CHECK_FALSE(config::Value(node["plain"], section.source()).is_quoted());
  CHECK(YAML::Dump(section.node()) == before);
  bool shared = false;
  each_node(node, [&](const YAML::Node& part) { shared = shared || shares_a_node(section.node(), part); });
  CHECK_FALSE(shared);
}

TEST_CASE("runs of two threads copy one section at the same time") {
  const auto section = section_of(kSection);
  std::atomic<int> right = 0;
  constexpr int kRounds = 2000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      Names names;
      for (int round = 0; round < kRounds; ++round) {
        const auto copy = scenarios::substitute(section, names);
        right += copy && copy->node()["host"].Scalar() == "shop.example" ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 2 * kRounds);
}
