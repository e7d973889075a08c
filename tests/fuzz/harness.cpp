#include "tests/fuzz/harness.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/utf8.hpp"
#include "checks/run.hpp"
#include "exporters/reports/result_json.hpp"
#include "net/io/egress.hpp"
#include "tests/support/check_runner.hpp"

namespace vedette::fuzz {

namespace {

constexpr std::size_t kMaxJson = std::size_t{256} << 10;
/// Every run has a deadline of 50 ms, so that its loop is never idle for so long.
constexpr std::chrono::seconds kPatience{3};

/// Redirects of a hostile peer lead to the peer and nowhere else, and no name is looked up.
std::shared_ptr<const net::EgressPolicy> only_port(std::uint16_t port) {
  net::EgressSettings settings;
  settings.allow.names = {"127.0.0.1"};
  settings.allow.ports = {{port, port}};
  return std::make_shared<const net::EgressPolicy>(std::move(settings));
}

void examine(const Check& check, const Result& result) {
  require(result.reason != Reason::kInternal, result.message);
  const auto text = boost::json::serialize(to_json(check, result));
  require(is_utf8(text), "the JSON of a result is not UTF-8");
  require(text.size() < kMaxJson, "the JSON of a result has no bound");
  require(is_utf8(result.evidence.account), "the account of a result is not UTF-8");
  require(result.evidence.account.size() < kMaxJson, "the account of a result has no bound");
}

std::string with_address(std::string_view text, std::uint16_t port) {
  constexpr std::string_view kPeer = "PEER";
  std::string out(text);
  const auto address = fmt::format("127.0.0.1:{}", port);
  for (auto at = out.find(kPeer); at != std::string::npos; at = out.find(kPeer, at)) {
    out.replace(at, kPeer.size(), address);
  }
  return out;
}

}  // namespace

void require(bool condition, std::string_view what) {
  if (condition) return;
  fmt::print(stderr, "{}\n", what);
  std::abort();
}

Harness::Harness() : loop_(1), services_(loop_.get_executor()), peer_(loop_) {
  // As the program does.
  std::signal(SIGPIPE, SIG_IGN);
  services_.sockets.set_egress(only_port(peer_.port()));
}

Harness& Harness::get() {
  // Never destroyed: at the end of the process nothing of it may depend on the order in which other things go.
  static auto* const instance = new Harness();
  return *instance;
}

CheckPtr Harness::check(std::string_view kind, std::string_view target, std::string_view settings) const {
  return testing::make_check(fmt::format("{{name: fuzz, kind: {0}, target: '{1}', timeout: 50ms, {0}: {{{2}}}}}", kind,
                                         with_address(target, port()), with_address(settings, port())));
}

bool Harness::turn() {
  return loop_.run_one_for(kPatience) != 0;
}

Result Harness::run(const CheckPtr& check, const Manner& manner, const Speech& speech) {
  peer_.play(manner, speech);
  // A completion that is called too often may be called late.
  const auto ended = std::make_shared<std::optional<Result>>();
  const auto run = start_run(services_, check, Detail::kAlways, [ended](Result result) {
    require(!ended->has_value(), "a run has ended twice");
    *ended = std::move(result);
  });
  run_until([&] { return ended->has_value(); }, "a run does not end");
  peer_.hang_up();
  run_until([this] { return peer_.idle(); }, "the peer does not end");
  loop_.poll();
  auto result = std::move(**ended);
  examine(*check, result);
  return result;
}

Result Harness::run(const CheckPtr& check, const Manner& manner, const Words& words) {
  return run(check, manner, [&words](std::string_view /*heard*/) { return std::optional<Words>(words); });
}

}  // namespace vedette::fuzz
