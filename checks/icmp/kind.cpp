#include "checks/icmp/kind.hpp"

#include <fmt/format.h>

#include "checks/lookup.hpp"
#include "config/mapping.hpp"
#include "net/addresses/target.hpp"
#include "net/io/icmp_socket.hpp"

namespace vedette::icmp {

namespace asio = boost::asio;

namespace {

const Family kIcmpDuration{"probe_icmp_duration_seconds", "Duration of icmp request by phase", {"phase"}};
const Family kReplyHopLimit{"probe_icmp_reply_hop_limit", "Replied packet hop limit (TTL for ipv4)", {}};

/// What blackbox_exporter sends.
constexpr std::string_view kText = "Prometheus Blackbox Exporter";
constexpr std::int64_t kMaxPayload = 65507;

struct IcmpSettings final : Settings {
  net::AddressSettings address;
  net::IcmpOptions options;
  std::string payload{kText};
  std::string problem;  ///< why nothing can be sent; empty: nothing is wrong
};

void read_payload(config::Mapping& section, IcmpSettings& out) {
  std::int64_t size = 0;
  constexpr std::int64_t kAnyInteger = 1LL << 40;
  if (!section.read_integer("payload_size", size, -kAnyInteger, kAnyInteger) || size == 0) return;
  if (size < 0 || size > kMaxPayload) {
    out.problem = fmt::format("payload_size must be from 0 to {}", kMaxPayload);
    section.late("payload_size", out.problem);
    return;
  }
  out.payload.resize(static_cast<std::size_t>(size));
}

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<IcmpSettings>();
  out->address = net::decode_address_settings(section);
  read_payload(section, *out);
  section.read("dont_fragment", out->options.dont_fragment);
  std::int64_t hops = out->options.hop_limit;
  if (section.read_integer("ttl", hops, 0, 255)) out->options.hop_limit = static_cast<int>(hops);
  section.finish();
  return out;
}

/// A host alone; an IPv6 address may stand in brackets, as it does in URLs.
std::optional<std::string> host_of(std::string_view target) {
  if (target.starts_with('[') && target.ends_with(']')) target = target.substr(1, target.size() - 2);
  auto host = net::ascii_host(target);
  const bool plausible =
      host && net::is_plausible_host(*host) && (net::is_address(*host) || host->find(':') == std::string::npos);
  return plausible ? host : std::nullopt;
}

std::optional<std::string> check_target(const std::string& target, const Settings& /*settings*/) {
  if (host_of(target)) return std::nullopt;
  return "it is not a host's name or address";
}

bool handshakes(const std::string& /*target*/, const Settings& /*settings*/) {
  return false;
}

asio::awaitable<net::Problem> ping(RunContext& context, const IcmpSettings& settings, net::IcmpSocket& socket,
                                   Duration& setup) {
  const auto host = host_of(context.check->target);
  if (!host) {
    // To blackbox_exporter it is a name like any other, which cannot be resolved.
    measure_no_lookup(context);
    co_return Failure{Reason::kTargetInvalid, *check_target(context.check->target, settings)};
  }
  const auto found = co_await look_up(context, *host, settings.address);
  if (!found) co_return found.error();
  if (!settings.problem.empty()) co_return Failure{Reason::kSettingsInvalid, settings.problem};
  context.enter(Phase::kRtt);
  const auto began = net::now_monotonic();
  if (auto problem = socket.open({found->address, 0, *host}, settings.address, settings.options)) co_return problem;
  setup = net::now_monotonic() - began;
  if (auto problem = socket.send(settings.payload)) co_return problem;
  if (auto problem = co_await socket.receive()) co_return problem;
  context.add_phase(Phase::kRtt, socket.round_trip());
  context.log(
      [taken = socket.round_trip()] { return fmt::format("the reply came after {:.3f} ms", seconds(taken) * 1e3); });
  co_return std::nullopt;
}

asio::awaitable<void> run(RunContext& context) {
  const auto& settings = static_cast<const IcmpSettings&>(*context.check->settings);
  static const auto kSetup = labelled({"setup"});
  net::IcmpSocket socket(context);
  Duration setup{};
  bool resolved = false;
  if (auto problem = co_await ping(context, settings, socket, setup)) {
    context.fail(*problem);
  }
  resolved = context.phase != Phase::kResolve;
  const auto& result = context.result;
  // As with blackbox_exporter, a lookup that failed is no part of these. What it takes to open a socket is ours, so
  // that the run's duration does not hold it.
  context.measure(kIcmpDuration, resolved ? seconds(result.total_of(Phase::kResolve)) : 0, labels_of(Phase::kResolve));
  context.measure(kIcmpDuration, seconds(setup), kSetup);
  context.measure(kIcmpDuration, context.cut_off ? 0 : seconds(result.total_of(Phase::kRtt)), labels_of(Phase::kRtt));
  if (const auto hops = socket.reply_hop_limit()) context.measure(kReplyHopLimit, *hops);
}

}  // namespace

const Kind kKind{
    .name = "icmp",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kIcmpDuration,
                 &kReplyHopLimit},
    .buckets = {0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
};

}  // namespace vedette::icmp
