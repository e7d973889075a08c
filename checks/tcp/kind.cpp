#include "checks/tcp/kind.hpp"

#include <fmt/format.h>

#include "checks/net/lookup.hpp"
#include "checks/net/services.hpp"
#include "checks/net/target.hpp"
#include "checks/tcp/dialogue.hpp"
#include "checks/tcp/settings.hpp"

namespace vedette::tcp {

namespace asio = boost::asio;

namespace {

const Family kTcpDuration{"vedette_tcp_duration_seconds", "Duration of a TCP check by phase", {"phase"}};
const Family kExpectInfo{"probe_expect_info", "Explicit content matched", {}};
const Family kFailedDueToBytes{"probe_failed_due_to_bytes", "Indicates if probe failed due to bytes mismatch", {}};

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const TcpSettings&>(settings).tls.operator bool();
}

asio::awaitable<net::Problem> handshake(RunContext& context, const TcpSettings& settings, net::Stream& stream,
                                        std::string name) {
  const auto material = settings.tls.material();
  if (!material) co_return Failure{Reason::kLocalFile, material.error()};
  net::HandshakeOptions options;
  options.name = std::move(name);
  auto problem = co_await stream.handshake(*material, options);
  if (!problem) context.add_phase(Phase::kTls, stream.tls_time());
  co_return problem;
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
  const auto found = co_await net::look_up(context, target.host, settings.address);
  if (!found) co_return found.error();
  if (auto problem = co_await stream.connect(found->address, target.port, settings.address, opening_of(settings))) {
    co_return problem;
  }
  context.add_phase(Phase::kConnect, stream.connect_time());
  std::string name = context.check->hostname.empty() ? target.host : context.check->hostname;
  name = settings.tls.name_for(name);
  if (settings.tls_first) {
    if (auto problem = co_await handshake(context, settings, stream, name)) co_return problem;
  }
  Dialogue dialogue(context, settings, stream, name);
  auto problem = co_await dialogue.go();
  context.measure(kFailedDueToRegex, dialogue.failed_due_to_regex() ? 1 : 0);
  context.measure(kFailedDueToBytes, dialogue.failed_due_to_bytes() ? 1 : 0);
  if (!dialogue.labels().empty()) {
    LabelValues labels;
    for (const auto& [label, value] : dialogue.labels()) {
      labels.names.push_back(label);
      labels.values.push_back(value);
    }
    context.measure(kExpectInfo, 1, std::make_shared<const LabelValues>(std::move(labels)));
  }
  if (problem || context.detail == Detail::kAlways) {
    context.result.evidence.excerpt = printable(dialogue.heard(), 2048);
    for (const auto& [label, value] : dialogue.labels()) context.result.evidence.facts[label] = value;
  }
  co_return problem;
}

asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const TcpSettings&>(*context.check->settings);
  if (!context.usable()) co_return;
  const auto target = net::split_host_port(context.check->target, 0);
  if (!target) {
    context.fail(Reason::kTargetInvalid, "the target is not host:port");
    co_return;
  }
  net::Stream stream(context);
  if (auto problem = co_await talk(context, settings, stream, *target)) {
    context.log("failed: " + problem->message);
    context.fail(*problem);
  }
  if (context.wants_evidence() && !stream.peer().empty()) context.result.evidence.facts["address"] = stream.peer();
  // The lookup has a family of its own; what a TCP check adds are the connection and the rest.
  context.measure(kTcpDuration, seconds(context.result.total_of(Phase::kConnect)), labels_of(Phase::kConnect));
  context.measure(kTcpDuration, seconds(context.result.total_of(Phase::kDialogue)), labels_of(Phase::kDialogue));
  if (!stream.tls().facts) co_return;
  net::measure_tls(context, *stream.tls().facts, false);
  if (context.wants_evidence()) {
    context.result.evidence.facts["tls"] = net::to_json(*stream.tls().facts);
  }
}

}  // namespace

const Kind kKind{
    "tcp",
    {&kSuccess, &kDurationSeconds, &net::kIpProtocol, &net::kDnsLookupSeconds, &net::kIpAddrHash, &kTcpDuration,
     &kFailedDueToRegex, &kFailedDueToBytes, &kExpectInfo, &net::kEarliestCertExpiry, &net::kLastChainExpiry,
     &net::kLastChainInfo, &net::kTlsVersionInfo},
    {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
    &decode,
    &check_target,
    &handshakes,
    &run,
};

}  // namespace vedette::tcp
