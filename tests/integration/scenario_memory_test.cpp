// What a scenario's answers hold of `agent.limits.memory`, and when they give it back.

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "net/io/run_memory.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

struct Limit {
  explicit Limit(std::size_t bytes) { RunMemory::shared().set_limit(bytes); }
  ~Limit() { RunMemory::shared().set_limit(RunMemory::kDefaultLimit); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
};

/// A worker frees large answers, soon after the run.
bool all_given_back() {
  for (int i = 0; i < 1000 && RunMemory::shared().used() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return RunMemory::shared().used() == 0;
}

}  // namespace

TEST_CASE("an answer counts for as long as a step looks at it, and so does what is made of it") {
  const FaultServer server([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    const auto body = fmt::format("[\"{}\"]", std::string(kMiB - 100, 'x'));
    peer.write(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
  });
  const TemporaryFile file(fmt::format("scenario: s\nsteps:\n"
                                       "  - id: a\n    http: {{url: 'http://{}/'}}\n"
                                       "    expect: ['jsonpath \"$[0]\" exists', 'jsonpath \"$\" count == 1']\n",
                                       server.address()),
                           ".yaml");
  const auto run = [&] {
    return run_check(fmt::format("{{name: t, kind: scenario, scenario: {{file: {}}}}}", file.path()));
  };
  const auto passed = run();
  INFO(passed.message);
  CHECK(passed.verdict == Verdict::kPass);
  CHECK(all_given_back());
  // Room for what a worker makes of the answer, and not for the answer beside it.
  const Limit limit(46 * kMiB);
  CHECK(run().reason == Reason::kLocalResources);
  CHECK(all_given_back());
}
