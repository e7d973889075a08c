#include "probe/config/config_loader.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "checks/http/settings.hpp"
#include "checks/kind.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"

using namespace vedette;
using namespace std::chrono_literals;
using testing::TemporaryFile;

namespace {

struct Loaded {
  explicit Loaded(const std::string& yaml) : file(yaml, ".yml"), config(load_config(file.path(), diagnostics)) {}

  [[nodiscard]] std::string messages() const { return render_all(diagnostics, false); }

  config::Diagnostics diagnostics;
  TemporaryFile file;
  std::optional<Config> config;
};

}  // namespace

TEST_CASE("checks take what they do not say from the defaults and their module") {
  const Loaded loaded(R"(
defaults: {interval: 30s, timeout: 5s, labels: {team: core, tier: one}, retries: 2}
modules:
  fast: {prober: http, timeout: 1s, http: {method: HEAD}}
checks:
  - {name: a, kind: tcp, target: "h:1"}
  - {name: b, module: fast, targets: ["http://x/", "http://y/"], labels: {tier: two}, retries: 0}
  - {name: c, kind: tcp, target: "h:1", interval: 2s}
  - {name: off, kind: tcp, target: "h:1", enabled: false}
)");
  INFO(loaded.messages());
  REQUIRE(loaded.config);
  const auto& checks = loaded.config->checks;
  REQUIRE(checks.size() == 4);
  CHECK(checks[0]->timeout == 5s);
  CHECK(checks[0]->retries == 2);
  CHECK(checks[1]->timeout == 1s);
  CHECK(checks[1]->module == "fast");
  CHECK(checks[1]->labels == Labels{{"team", "core"}, {"tier", "two"}});
  CHECK(checks[2]->target == "http://y/");
  CHECK(checks[2]->settings == checks[1]->settings);
  CHECK(loaded.messages().find("timeout of 5s is not below the interval of 2s") != std::string::npos);
}

TEST_CASE("a timeout that nobody gives fits into the interval") {
  const Loaded loaded(
      "checks:\n  - {name: a, kind: tcp, target: 'h:1', interval: 5s}\n  - {name: b, kind: tcp, target: 'h:1'}\n");
  REQUIRE(loaded.config);
  CHECK(loaded.config->checks[0]->timeout == 4s);
  CHECK(loaded.config->checks[1]->timeout == 10s);
  CHECK(loaded.messages().empty());
}

TEST_CASE("a blackbox.yml is a valid file") {
  const Loaded loaded(R"yaml(
modules:
  http_2xx: {prober: http, http: {preferred_ip_protocol: "ip4"}}
  http_post: {prober: http, timeout: 5s, http: {method: POST, basic_auth: {username: u, password: p}}}
  pop3s: {prober: tcp, tcp: {query_response: [{expect: "^+OK"}], tls: true, tls_config: {insecure_skip_verify: false}}}
  ssh: {prober: tcp, tcp: {query_response: [{expect: "^SSH-2.0-"}, {send: "SSH-2.0-blackbox-ssh-check"}]}}
  irc: {prober: tcp, tcp: {query_response: [{send: "NICK prober"}, {expect: "PING :([^ ]+)", send: "PONG ${1}"}]}}
  soa: {prober: dns, dns: {query_name: "example.org", query_type: "SOA"}}
  icmp: {prober: icmp}
)yaml");
  CHECK(loaded.messages().empty());
  // Go's RE2 accepts `^+OK`, and so does ours.
  INFO(loaded.messages());
  REQUIRE(loaded.config);
  CHECK(loaded.config->modules.size() == 7);
}

TEST_CASE("files are included by name and by pattern, relative to the one that asks") {
  const auto folder = std::filesystem::temp_directory_path() / ("vedette-include-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "conf.d");
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name) << text; };
  write("main.yml", "include: [modules.yml, 'conf.d/*.yml']\nchecks: [{name: a, module: m, target: 'h:1'}]\n");
  write("modules.yml", "modules: {m: {prober: tcp}}\n");
  write("conf.d/b.yml", "checks: [{name: b, module: m, target: 'h:1'}]\n");
  write("conf.d/c.yml", "checks: [{name: c, module: m, target: 'h:1'}]\n");
  config::Diagnostics diagnostics;
  const auto config = load_config((folder / "main.yml").string(), diagnostics);
  INFO(render_all(diagnostics, false));
  REQUIRE(config);
  CHECK(config->checks.size() == 3);

  write("conf.d/c.yml",
        "include: [../main.yml]\nchecks: [{name: b, kind: tcp, target: 'h:1'}]\nmodules: {m: {prober: tcp}}\n");
  config::Diagnostics again;
  CHECK_FALSE(load_config((folder / "main.yml").string(), again));
  const auto text = render_all(again, false);
  CHECK(text.find("is included twice") != std::string::npos);
  CHECK(text.find("there is a check called b already") != std::string::npos);
  CHECK(text.find("module m is defined twice") != std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a changed secret is a changed check, and shows nowhere") {
  const std::string yaml =
      "checks: [{name: a, kind: http, target: 'http://x/', http: {basic_auth: {username: u, password: "
      "'${VEDETTE_TEST_PW}'}}}]\n";
  ::setenv("VEDETTE_TEST_PW", "canary-one", 1);
  const Loaded first(yaml);
  const Loaded same(yaml);
  ::setenv("VEDETTE_TEST_PW", "canary-two", 1);
  const Loaded other(yaml);
  REQUIRE(first.config);
  CHECK(first.config->checks[0]->fingerprint == same.config->checks[0]->fingerprint);
  CHECK(first.config->checks[0]->fingerprint != other.config->checks[0]->fingerprint);
  ::unsetenv("VEDETTE_TEST_PW");
  const Loaded missing(yaml);
  CHECK_FALSE(missing.config);
  CHECK(missing.messages().find("VEDETTE_TEST_PW is not set") != std::string::npos);
  CHECK(missing.messages().find("canary") == std::string::npos);
}

TEST_CASE("equal definitions have equal fingerprints, changed ones do not") {
  const auto fingerprint = [](const std::string& yaml) { return Loaded(yaml).config->checks.at(0)->fingerprint; };
  const std::string base = "checks: [{name: a, kind: tcp, target: 'h:1', interval: 9s}]\n";
  CHECK(fingerprint(base) == fingerprint("# a comment\n" + base));
  CHECK(fingerprint(base) != fingerprint("checks: [{name: a, kind: tcp, target: 'h:1', interval: 8s}]\n"));
  CHECK(fingerprint(base) != fingerprint("defaults: {labels: {x: y}}\n" + base));
}

TEST_CASE("a target that comes or goes changes none of its check's others") {
  const Loaded before("checks: [{name: a, kind: tcp, targets: ['h:1', 'h:2']}]\n");
  const Loaded after("checks: [{name: a, kind: tcp, targets: ['h:3', 'h:2']}]\n");
  REQUIRE(before.config);
  REQUIRE(after.config);
  CHECK(before.config->checks.at(1)->fingerprint == after.config->checks.at(1)->fingerprint);
  CHECK(before.config->checks.at(0)->fingerprint != after.config->checks.at(0)->fingerprint);
}

TEST_CASE("the examples load without a word") {
  for (const auto* path : {"examples/vedette.yml", "docker/vedette.yml"}) {
    config::Diagnostics diagnostics;
    CHECK(load_config(path, diagnostics));
    for (const auto& diagnostic : diagnostics.sorted()) {
      // The demo's authority is made when the demo starts.
      INFO(diagnostic.message);
      CHECK(diagnostic.message.find("ca.pem cannot be read now") != std::string::npos);
    }
  }
}
