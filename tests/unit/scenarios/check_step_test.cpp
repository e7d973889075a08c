#include "scenarios/run/check_step.hpp"

#include "checks/kinds.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;
using namespace vedette::scenarios;

namespace {

struct Read {
  std::string target;
  std::string problems;
};

Read read(std::string_view kind, const std::string& yaml, bool listens = false) {
  const auto source = std::make_shared<config::Source>(config::Source{"test", yaml});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  CheckAction action{.section = config::Value(YAML::Node(), nullptr)};
  for (const auto* one : check_kinds()) {
    if (one->name == kind) action.kind = one;
  }
  action.listens = listens;
  const auto out = read_check(action, *config::parse_yaml(source, diagnostics), context);
  Read read{out.target, {}};
  for (const auto& diagnostic : diagnostics.sorted()) {
    read.problems += diagnostic.message + (diagnostic.hint.empty() ? "" : " (" + diagnostic.hint + ")") + "\n";
  }
  return read;
}

std::string target(std::string_view kind, const std::string& yaml) {
  const auto out = read(kind, yaml);
  CHECK(out.problems.empty());
  return out.target;
}

}  // namespace

TEST_CASE("a step's host and port are the target, and a port that is not written is the kind's own") {
  CHECK(target("tls", "{host: a.test}") == "a.test");
  CHECK(target("tls", "{host: a.test, starttls: smtp}") == "a.test");
  CHECK(target("tls", "{host: a.test, port: 8443}") == "a.test:8443");
  CHECK(target("tcp", "{host: '::1', port: 25}") == "[::1]:25");
  CHECK(target("tcp", "{host: '[::1]', port: 25}") == "[::1]:25");
  CHECK(target("icmp", "{host: '::1'}") == "::1");
  CHECK(target("unix", "{path: /run/a.sock}") == "/run/a.sock");
  CHECK(target("websocket", "{url: 'ws://a.test/x'}") == "ws://a.test/x");
  CHECK(target("dns", "{server: 'tls://a.test', name: b.test}") == "a.test");
  CHECK(target("dns", "{server: 'udp://a.test:5353', name: b.test}") == "a.test:5353");
}

TEST_CASE("short keys and the section's own stand together") {
  CHECK(target("tls", "{host: a, sni: b, tls_config: {insecure_skip_verify: true}}") == "a");
  CHECK(target("tls", "{tls_config: {insecure_skip_verify: true}, sni: b, host: a}") == "a");
  CHECK(target("icmp", "{host: a, size: 10, ttl: 3, count: 2, interval: 1s}") == "a");
  CHECK(target("tcp", "{host: a, port: 1, ip_version: 6}") == "a:1");
  CHECK(target("tcp", "{host: a, port: 1, ip_version: ip4}") == "a:1");
}

TEST_CASE("what is wrong with a step is said in the words of steps") {
  CHECK(read("tls", "{host: a, sni: b, tls_config: {server_name: c}}").problems ==
        "server_name is set by another key of the step, too\n");
  CHECK(read("icmp", "{host: a, size: 1, payload_size: 2}").problems ==
        "size and payload_size are the same setting\npayload_size is set by another key of the step, too\n");
  CHECK(read("icmp", "{host: a, expect: [loss == 0]}").problems ==
        "the lines of a step do not stand in icmp (write expect: beside it, as a key of the step)\n");
  CHECK(read("icmp", "{host: a, counts: 3}").problems == "unknown key counts in icmp (did you mean count?)\n");
  CHECK(read("icmp", "{host: a, xyzzy: 3}").problems.find("known keys: host, count, interval, ip_version") !=
        std::string::npos);
  CHECK(read("icmp", "{host: a, xyzzy: 3}").problems.find("expect") == std::string::npos);
  CHECK(read("tcp", "{host: a}").problems == "tcp needs a port\n");
  CHECK(read("tcp", "{host: a, port: 70000}").problems == "a port is from 1 to 65535\n");
  CHECK(read("tcp", "{host: a, port: 1, ip_version: 5}").problems.starts_with("\"5\" is no IP version (4 or 6"));
  CHECK(read("unix", "{}").problems == "unix needs a path\n");
  CHECK(read("icmp", "~").problems == "icmp needs a host\n");
  CHECK(read("tls", "foo").problems == "tls must be a mapping, not a text\n");
  CHECK(read("dns", "{server: 'https://a', name: b}").problems ==
        "\"https\" is no transport (one of: udp, tcp, tls)\n");
  CHECK(read("websocket", "{url: 'http://a/'}").problems ==
        "\"http://a/\": it is not a ws:// or wss:// URL without a user\n");
}
