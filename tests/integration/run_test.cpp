// What every run keeps to, whatever its kind: its deadline, its cancellation, and that it never throws.

#include "checks/run.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "checks/net/services.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/check_runner.hpp"
#include "tests/support/fault_server.hpp"

using namespace vedette;
using namespace vedette::testing;
using namespace std::chrono_literals;

namespace {

boost::asio::awaitable<void> throws(RunContext& /*context*/) {
  throw std::runtime_error("boom");
  co_return;
}

}  // namespace

TEST_CASE("a run that is cancelled ends at once, in every kind") {
  const FaultServer server([](Peer& peer) { peer.stall(); });
  const std::string address = server.address();
  for (const auto& yaml :
       {fmt::format("{{name: t, kind: http, target: 'http://{}/', timeout: 30s}}", address),
        fmt::format("{{name: t, kind: http, target: 'https://{}/', timeout: 30s}}", address),
        fmt::format("{{name: t, kind: tls, target: '{}', timeout: 30s}}", address),
        fmt::format("{{name: t, kind: tcp, target: '{}', timeout: 30s, tcp: {{query_response: [{{expect: x}}]}}}}",
                    address),
        fmt::format(
            "{{name: t, kind: dns, target: '{}', timeout: 30s, dns: {{query_name: a, transport_protocol: tcp}}}}",
            address)}) {
    std::thread canceller;
    const auto began = std::chrono::steady_clock::now();
    const auto result = run_check(make_check(yaml), [&](const std::function<void()>& cancel) {
      canceller = std::thread([cancel] {
        std::this_thread::sleep_for(100ms);
        cancel();
      });
    });
    canceller.join();
    INFO(yaml);
    CHECK(result.reason == Reason::kCancelled);
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK(std::chrono::steady_clock::now() - began < 15s);
  }
}

TEST_CASE("an exception becomes verdict unknown, reason internal") {
  static const Kind kBroken{"broken", {}, {}, nullptr, nullptr, nullptr, &throws};
  auto check = std::make_shared<Check>(*make_check("{name: t, kind: tcp, target: 'h:1'}"));
  check->kind = &kBroken;
  const auto result = run_check(check);
  CHECK(result.verdict == Verdict::kUnknown);
  CHECK(result.reason == Reason::kInternal);
  CHECK(result.message == "boom");
}

TEST_CASE("a thousand runs at once on one loop all end, in the time of one") {
  const FaultServer server([](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  boost::asio::io_context loop(1);
  int passed = 0;
  int ended = 0;
  constexpr int kRuns = 1000;
  {
    net::Services services(loop.get_executor());
    const auto check =
        make_check(fmt::format("{{name: t, kind: http, target: 'http://{}/', timeout: 60s}}", server.address()));
    std::vector<std::shared_ptr<Run>> runs;
    for (int i = 0; i < kRuns; ++i) {
      runs.push_back(start_run(loop.get_executor(), services, check, Detail::kFailures, [&](const Result& result) {
        passed += result.passed() ? 1 : 0;
        if (++ended == kRuns) loop.stop();
      }));
    }
    loop.run();
  }
  CHECK(passed == kRuns);
}

TEST_CASE("runs that are in flight when their loop ends are freed") {
  const FaultServer server([](Peer& peer) { peer.stall(); });
  boost::asio::io_context loop(1);
  {
    net::Services services(loop.get_executor());
    std::vector<std::shared_ptr<Run>> runs;
    for (const auto* kind : {"http", "tls"}) {
      const auto check = make_check(fmt::format("{{name: t, kind: {}, target: '{}{}', timeout: 60s}}", kind,
                                                kind == std::string("http") ? "http://" : "", server.address()));
      runs.push_back(start_run(loop.get_executor(), services, check, Detail::kFailures, [](const Result&) {}));
    }
    loop.run_for(100ms);
    for (const auto& run : runs) run->cancel();
    loop.run_for(100ms);
  }
  SUCCEED("sanitizers would tell");
}
