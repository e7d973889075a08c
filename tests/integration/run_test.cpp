// What every run keeps to, whatever its kind: its deadline, its cancellation, and that it never throws.

#include "checks/run.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "net/names/system_services.hpp"
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

/// Runs the check on a loop that stands still from 100 ms to 900 ms after the beginning.
Result run_paused(const std::string& yaml) {
  boost::asio::io_context loop(1);
  net::SystemServices services(loop.get_executor());
  Result out;
  const auto run = start_run(services, make_check(yaml), Detail::kAlways, [&](Result result) {
    out = std::move(result);
    loop.stop();
  });
  loop.run_for(100ms);
  std::this_thread::sleep_for(800ms);
  loop.run();
  return out;
}

}  // namespace

TEST_CASE("an agent that stood still sees what came in time, and blames nobody for the rest") {
  const auto server_after = [](std::chrono::milliseconds delay) {
    return std::make_unique<FaultServer>([delay](Peer& peer) {
      peer.read_until("\r\n\r\n");
      std::this_thread::sleep_for(delay);
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  };
  const auto http = [&](const FaultServer& server) {
    return run_paused(fmt::format("{{name: t, kind: http, target: 'http://{}/', timeout: 500ms}}", server.address()));
  };
  const auto in_time = http(*server_after(300ms));
  INFO(in_time.message);
  CHECK(in_time.verdict == Verdict::kPass);
  CHECK(in_time.total_of(Phase::kProcessing) >= 300ms);
  CHECK(in_time.duration < 500ms);
  CHECK(in_time.disturbed == Disturbance::kOverhead);

  const auto too_late = http(*server_after(700ms));
  CHECK(too_late.verdict == Verdict::kUnknown);
  CHECK(too_late.reason == Reason::kAgentPaused);

  const FaultServer greeter([](Peer& peer) {
    std::this_thread::sleep_for(300ms);
    peer.write("hello\n");
    peer.stall();
  });
  const auto tcp = run_paused(
      fmt::format("{{name: t, kind: tcp, target: '{}', timeout: 500ms, tcp: {{query_response: [{{expect: hello}}]}}}}",
                  greeter.address()));
  CHECK(tcp.verdict == Verdict::kPass);
  const auto two =
      run_paused(fmt::format("{{name: t, kind: tcp, target: '{}', timeout: 500ms, tcp: {{query_response: "
                             "[{{expect: hello}}, {{expect: never}}]}}}}",
                             greeter.address()));
  CHECK(two.reason == Reason::kAgentPaused);
}

TEST_CASE("a wait that is cut off belongs to its phase, however much came before") {
  const FaultServer server([](Peer& peer) {
    peer.write("220-first\r\n");
    peer.stall();
  });
  for (const auto& [yaml, phase] :
       {std::pair(fmt::format("{{name: t, kind: tls, target: '{}', timeout: 400ms, tls: {{starttls: smtp}}}}",
                              server.address()),
                  Phase::kStarttls),
        std::pair(fmt::format("{{name: t, kind: tcp, target: '{}', timeout: 400ms, tcp: {{query_response: [{{expect: "
                              "first}}, {{expect: never}}]}}}}",
                              server.address()),
                  Phase::kDialogue)}) {
    const auto result = run_check(yaml);
    INFO(yaml);
    CHECK(result.total_of(phase) >= 350ms);
    CHECK(result.overhead < 300ms);
    Duration sum{};
    for (const auto& part : result.phases) sum += part.duration;
    CHECK(sum == result.duration);
  }
}

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
  static const Kind kBroken{.name = "broken", .run = &throws};
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
    net::SystemServices services(loop.get_executor());
    const auto check =
        make_check(fmt::format("{{name: t, kind: http, target: 'http://{}/', timeout: 60s}}", server.address()));
    std::vector<std::shared_ptr<Run>> runs;
    for (int i = 0; i < kRuns; ++i) {
      runs.push_back(start_run(services, check, Detail::kFailures, [&](const Result& result) {
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
    net::SystemServices services(loop.get_executor());
    std::vector<std::shared_ptr<Run>> runs;
    for (const auto* kind : {"http", "tls"}) {
      const auto check = make_check(fmt::format("{{name: t, kind: {}, target: '{}{}', timeout: 60s}}", kind,
                                                kind == std::string("http") ? "http://" : "", server.address()));
      runs.push_back(start_run(services, check, Detail::kFailures, [](const Result&) {}));
    }
    loop.run_for(100ms);
    for (const auto& run : runs) run->cancel();
    loop.run_for(100ms);
  }
  SUCCEED("sanitizers would tell");
}
