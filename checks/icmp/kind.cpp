#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "checks/expect/lines.hpp"
#include "checks/kind.hpp"
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
  std::vector<language::Expectation> lines;
};

constexpr std::array<std::string_view, 5> kFacts{"hop_limit", "loss", "rtt_avg", "rtt_max", "rtt_min"};
constexpr auto kVocabulary = language::vocabulary_of(kFacts);

/// What several pings came to: times in milliseconds.
void sum_up(std::span<const Result> runs, language::Subject& answer) {
  std::vector<double> times;
  for (const auto& run : runs) {
    if (run.reason == Reason::kNone) times.push_back(seconds(run.total_of(Phase::kRtt)) * 1e3);
  }
  answer.facts["loss"] = language::Value(1.0 - static_cast<double>(times.size()) / static_cast<double>(runs.size()));
  if (times.empty()) return;
  answer.facts["rtt_min"] = language::Value(*std::min_element(times.begin(), times.end()));
  answer.facts["rtt_max"] = language::Value(*std::max_element(times.begin(), times.end()));
  const auto sum = std::accumulate(times.begin(), times.end(), 0.0);
  answer.facts["rtt_avg"] = language::Value(sum / static_cast<double>(times.size()));
}

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
  out->lines = language::decode_expectations(section, kVocabulary);
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
                                   Duration& setup, std::string& address) {
  const auto host = host_of(context.check->target);
  if (!host) {
    // To blackbox_exporter it is a name like any other, which cannot be resolved.
    measure_no_lookup(context);
    co_return Failure{Reason::kTargetInvalid, *check_target(context.check->target, settings)};
  }
  const auto found = co_await look_up(context, *host, settings.address);
  if (!found) co_return found.error();
  if (!settings.problem.empty()) co_return Failure{Reason::kSettingsInvalid, settings.problem};
  address = found->address.to_string();
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
  std::string address;
  bool resolved = false;
  if (auto problem = co_await ping(context, settings, socket, setup, address)) {
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
  if (context.wants_evidence() && !address.empty()) context.result.evidence.facts["address"] = address;
  if (context.wants_evidence() && socket.reply_hop_limit()) {
    context.result.evidence.facts["hop_limit"] = *socket.reply_hop_limit();
  }
  if (context.failed() || !wants_answer(context, settings.lines)) co_return;
  language::Subject answer;
  answer.ip = address;
  if (const auto hops = socket.reply_hop_limit()) answer.facts["hop_limit"] = language::Value(std::int64_t{*hops});
  sum_up({&context.result, 1}, answer);
  co_await expect_lines(context, settings.lines, std::move(answer));
}

}  // namespace

extern const Kind kKind{
    .name = "icmp",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kIcmpDuration,
                 &kReplyHopLimit},
    .buckets = {0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
    .vocabulary = kVocabulary,
    .defaults = {{"ip_protocol_fallback", "true"}, {"ttl", "64"}},
    .command = Command{.help = "Run one ICMP check: a ping",
                       .operand = "HOST",
                       .operand_help = "A name or an address",
                       .options = {{"--size", "payload_size", "Bytes to send", CommandOption::Takes::kNumber},
                                   {"--ttl", "ttl", "The packet's hop limit", CommandOption::Takes::kNumber},
                                   {"--dont-fragment", "dont_fragment", "Set the DF bit (IPv4)",
                                    CommandOption::Takes::kNothing, "true"}}},
    .step = StepForm{.target = "host",
                     .keys = {{"size", "payload_size"}, {"ip_version", "preferred_ip_protocol"}},
                     .sum_up = &sum_up},
};

}  // namespace vedette::icmp
