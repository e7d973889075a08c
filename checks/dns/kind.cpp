#include "checks/dns/kind.hpp"

#include "checks/dns/run.hpp"
#include "checks/dns/settings.hpp"
#include "checks/lookup.hpp"

namespace vedette::dns {

namespace {

boost::asio::awaitable<void> run(RunContext& context) {
  DnsRun run(context);
  co_await run.go();
}

bool handshakes(const std::string& /*target*/, const Settings& settings) {
  return static_cast<const DnsSettings&>(settings).transport == Transport::kTls;
}

}  // namespace

const Kind kKind{
    .name = "dns",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kDnsDuration,
                 &kDnsAnswerRrs, &kDnsAuthorityRrs, &kDnsAdditionalRrs, &kDnsQuerySucceeded, &kDnsSerial},
    // Bounds that HTTP checks have too, so that quantiles can be compared, but fewer: series are money.
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
};

}  // namespace vedette::dns
