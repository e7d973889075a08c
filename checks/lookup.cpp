#include "checks/lookup.hpp"

#include <fmt/format.h>

#include "net/io/clock.hpp"
#include "net/io/services.hpp"

namespace vedette {

const Family kIpProtocol{"probe_ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6", {}};
const Family kDnsLookupSeconds{
    "probe_dns_lookup_time_seconds", "Returns the time taken for probe dns lookup in seconds", {}};
const Family kIpAddrHash{
    "probe_ip_addr_hash", "Specifies the hash of IP address. It's useful to detect if the IP address changes.", {}};

boost::asio::awaitable<tl::expected<net::Resolution, Failure>> look_up(RunContext& context, const std::string& host,
                                                                       const net::AddressSettings& settings, int hop) {
  context.enter(Phase::kResolve);
  const auto& egress = context.services.sockets.egress();
  if (auto failure = egress.refuses_name(host)) co_return tl::make_unexpected(std::move(*failure));
  const auto began = net::now_monotonic();
  auto found = co_await context.services.resolver->resolve(host, settings);
  const Duration taken = net::now_monotonic() - began;
  context.add_phase(Phase::kResolve, taken, hop);
  if (hop == 0) {
    context.measure(kDnsLookupSeconds, seconds(taken));
    context.measure(kIpProtocol, !found ? 0 : found->address.is_v6() ? 6 : 4);
    context.measure(kIpAddrHash, found ? net::address_hash(found->address) : 0);
  }
  if (found) {
    context.log([host, address = found->address] { return fmt::format("{} is {}", host, address.to_string()); });
  } else {
    context.log(fmt::format("{} could not be resolved: {}", host, found.error().message));
  }
  co_return found;
}

void measure_no_lookup(RunContext& context) {
  context.measure(kDnsLookupSeconds, 0);
  context.measure(kIpProtocol, 0);
  context.measure(kIpAddrHash, 0);
}

void measure_no_lookup_of_host_port(RunContext& context) {
  const std::string_view target = context.check->target;
  const auto colon = target.rfind(':');
  if (colon == std::string_view::npos) return;
  const auto host = target.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets || host.find_first_of(":[]") == std::string_view::npos) measure_no_lookup(context);
}

}  // namespace vedette
