#include <fmt/format.h>

#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "checks/tcp/conversation.hpp"
#include "checks/tcp/settings.hpp"
#include "checks/tls_families.hpp"
#include "net/addresses/target.hpp"

namespace vedette::tcp {

namespace asio = boost::asio;

namespace {

const Family kTcpDuration{"vedette_tcp_duration_seconds", "Duration of a TCP check by phase", {"phase"}};

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const TcpSettings&>(settings).tls.operator bool();
}

net::Opening opening_of(const TcpSettings& settings) {
  if (settings.tls_first) return net::Opening::kSpeaks;
  if (settings.steps.empty()) return net::Opening::kNothing;
  const auto& first = settings.steps.front();
  const bool speaks = !first.expect && first.expect_bytes.empty() && !first.send.empty();
  return speaks ? net::Opening::kSpeaks : net::Opening::kListens;
}

asio::awaitable<net::Problem> talk(RunContext& context, const TcpSettings& settings, net::Stream& stream,
                                   net::HostPort target) {
  const auto found = co_await look_up(context, target.host, settings.address);
  if (!found) co_return found.error();
  const net::Endpoint to{found->address, target.port, target.host};
  if (auto problem = co_await stream.connect(to, settings.address, opening_of(settings))) co_return problem;
  context.add_phase(Phase::kConnect, stream.connect_time());
  std::string name = context.check->hostname.empty() ? target.host : context.check->hostname;
  name = settings.tls.name_for(name);
  co_return co_await converse(context, settings, stream, std::move(name));
}

asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const TcpSettings&>(*context.check->settings);
  if (!context.usable()) co_return;
  const auto target = net::split_host_port(context.check->target, 0);
  if (!target) {
    context.fail(Reason::kTargetInvalid, "the target is not host:port");
    measure_no_lookup_of_host_port(context);
    co_return;
  }
  net::Stream stream(context);
  if (auto problem = co_await talk(context, settings, stream, *target)) {
    context.fail(*problem);
  }
  if (context.wants_evidence() && !stream.peer().empty()) context.result.evidence.facts["address"] = stream.peer();
  // The lookup has a family of its own; what a TCP check adds are the connection and the rest.
  context.measure(kTcpDuration, seconds(context.result.total_of(Phase::kConnect)), labels_of(Phase::kConnect));
  context.measure(kTcpDuration, seconds(context.result.total_of(Phase::kDialogue)), labels_of(Phase::kDialogue));
  measure_conversation(context, stream);
}

}  // namespace

extern const Kind kKind{
    .name = "tcp",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kTcpDuration,
                 &kFailedDueToRegex, &kFailedDueToBytes, &kExpectInfo, &kEarliestCertExpiry, &kLastChainExpiry,
                 &kLastChainInfo, &kTlsVersionInfo},
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .defaults = {{"ip_protocol_fallback", "true"}},
    .command = Command{.help = "Run one TCP check",
                       .operand = "HOST:PORT",
                       .operand_help = "Where to connect",
                       .options = joined({dialogue_options(), tls_options()})},
    .step = StepForm{.target = "host",
                     .port = StepForm::Port::kNeeded,
                     .keys = {{"dialogue", "query_response"}, {"ip_version", "preferred_ip_protocol"}},
                     .listen = &listen},
};

}  // namespace vedette::tcp
