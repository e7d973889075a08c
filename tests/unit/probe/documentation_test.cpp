// The reference in docs/ cannot rot: every key, reason, metric and flag that the program knows must be there.

#include <algorithm>
#include <filesystem>
#include <set>

#include "checks/kinds.hpp"
#include "exporters/prometheus/probe_page.hpp"
#include "exporters/prometheus/series_store.hpp"
#include "language/filters/filters.hpp"
#include "probe/agent/agent_metrics.hpp"
#include "probe/cli/cli.hpp"
#include "probe/config/config_loader.hpp"
#include "probe/config/kinds.hpp"
#include "scenarios/tools/load.hpp"
#include "scenarios/tools/schema.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/files.hpp"

using namespace vedette;

namespace {

bool documents(const std::string& page, const std::string& word) {
  return page.find("`" + word + "`") != std::string::npos;
}

/// The fenced YAML blocks of a Markdown page.
std::vector<std::string> yaml_blocks(const std::string& page) {
  std::vector<std::string> out;
  for (auto at = page.find("```yaml\n"); at != std::string::npos; at = page.find("```yaml\n", at)) {
    at += 8;
    const auto end = page.find("```", at);
    out.push_back(page.substr(at, end - at));
  }
  return out;
}

}  // namespace

TEST_CASE("every key of the configuration is documented") {
  std::set<std::string> keys;
  config::Diagnostics diagnostics;
  REQUIRE(load_config("tests/unit/every_key.yml", diagnostics, &keys));
  const auto page = testing::contents_of("docs/configuration.md");
  CHECK(keys.size() > 100);
  for (const auto& key : keys) {
    // A key is documented under its last name, in the section of its mapping.
    const auto dot = key.rfind('.');
    INFO(key);
    CHECK(documents(page, dot == std::string::npos ? key : key.substr(dot + 1)));
  }
}

TEST_CASE("every key of scenarios is documented and in the schema") {
  std::set<std::string> keys;
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  context.known_keys = &keys;
  REQUIRE(scenarios::load_file("tests/unit/every_scenario_key.yaml", {}, context));
  const auto page = testing::contents_of("docs/scenarios.md");
  const auto schema = scenarios::schema_text();
  CHECK(keys.size() > 100);
  for (const auto& key : keys) {
    const auto dot = key.rfind('.');
    const auto name = dot == std::string::npos ? key : key.substr(dot + 1);
    const auto section = key.substr(0, key.find('.'));
    INFO(key);
    // The sections of other kinds are in docs/configuration.md.
    const auto kinds = check_kinds();
    const bool of_kind =
        key.find('.') != std::string::npos &&
        std::any_of(kinds.begin(), kinds.end(), [&](const Kind* kind) { return kind->step && kind->name == section; });
    const bool elsewhere =
        of_kind || section == "oauth2" || section == "fragment" || name == "ntlm" || name == "negotiate";
    CHECK((elsewhere || documents(page, name)));
    CHECK((elsewhere || schema.find("\"" + name + "\"") != std::string::npos));
  }
}

TEST_CASE("every reason is documented with its meaning") {
  const auto page = testing::contents_of("docs/reasons.md");
  for (const auto reason : all_reasons()) {
    INFO(name_of(reason));
    CHECK(documents(page, std::string(name_of(reason))));
    CHECK(page.find(info_of(reason).meaning) != std::string::npos);
  }
}

TEST_CASE("every metric is documented") {
  const auto page = testing::contents_of("docs/metrics.md");
  for (const auto* kind : all_kinds()) {
    for (const auto* family : kind->families) {
      INFO(family->name);
      CHECK(documents(page, std::string(family->name)));
    }
  }
  for (const auto* family : {&kTimeoutSeconds, &kProbeReason}) CHECK(documents(page, std::string(family->name)));
  for (const auto* family : check_families()) CHECK(documents(page, std::string(family->name)));
  AgentMetrics metrics;
  metrics.describe(default_agent());
  for (const auto& families : {metrics.collect(), process_metrics()}) {
    for (const auto& family : families) {
      INFO(family.name);
      CHECK(documents(page, family.name));
    }
  }
}

TEST_CASE("every filter is documented") {
  const auto page = testing::contents_of("docs/expectations.md");
  for (const auto& info : language::all_filters()) {
    INFO(info.name);
    const auto name = "`" + std::string(info.name);
    CHECK((page.find(name + "`") != std::string::npos || page.find(name + " ") != std::string::npos));
  }
}

TEST_CASE("every flag is documented") {
  CLI::App app;
  int exit_code = 0;
  cli::add_agent(app, exit_code);
  cli::add_check(app, exit_code);
  cli::add_single(app, exit_code);
  cli::add_scenario(app, exit_code);
  cli::add_validate(app, exit_code);
  cli::add_import(app, exit_code);
  const auto page = testing::contents_of("docs/cli.md");
  for (const auto* command : app.get_subcommands({})) {
    CHECK(documents(page, "vedette " + command->get_name()));
    auto options = command->get_options();
    for (auto* nested : command->get_subcommands({})) {
      for (auto* option : nested->get_options()) options.push_back(option);
    }
    for (const auto* option : options) {
      for (const auto& name : option->get_lnames()) {
        if (name == "help") continue;
        INFO(command->get_name() << " --" << name);
        CHECK(documents(page, "--" + name));
      }
    }
  }
}

TEST_CASE("every YAML block of the documents loads") {
  std::vector<std::string> pages{"README.md"};
  for (const auto& entry : std::filesystem::directory_iterator("docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path().string());
  }
  int blocks = 0;
  for (const auto& path : pages) {
    for (const auto& block : yaml_blocks(testing::contents_of(path))) {
      // A scrape configuration is for Prometheus; the end-to-end test hands it to promtool.
      if (block.find("scrape_configs:") != std::string::npos) continue;
      ++blocks;
      ::setenv("SHOP_TOKEN", "t", 1);
      const testing::TemporaryFile file(block, ".yml");
      config::Diagnostics diagnostics;
      INFO(path << "\n" << block);
      config::Context context{diagnostics};
      const bool loads = block.starts_with("scenario:") ? scenarios::load_file(file.path(), {}, context).has_value()
                                                        : load_config(file.path(), diagnostics).has_value();
      INFO(render_all(diagnostics, false));
      CHECK(loads);
    }
  }
  CHECK(blocks >= 3);
}
