#include "checks/http/kind.hpp"

#include "checks/http/run.hpp"
#include "checks/http/settings.hpp"
#include "checks/http/url.hpp"
#include "checks/lookup.hpp"
#include "checks/tls_families.hpp"

namespace vedette::http {

namespace {

boost::asio::awaitable<void> run(RunContext& context) {
  HttpRun run(context);
  co_await run.go();
}

bool handshakes(const std::string& target, const Settings& /*settings*/) {
  const auto url = parse_url(target);
  return url && url->secure;
}

}  // namespace

const Kind kKind{
    .name = "http",
    .families = {&kSuccess,          &kDurationSeconds, &kIpProtocol,        &kDnsLookupSeconds,
                 &kIpAddrHash,       &kHttpDuration,    &kHttpStatusCode,    &kHttpVersion,
                 &kHttpRedirects,    &kHttpSsl,         &kHttpContentLength, &kHttpUncompressedBodyLength,
                 &kFailedDueToRegex, &kFailedDueToCel,  &kHttpLastModified,  &kEarliestCertExpiry,
                 &kLastChainExpiry,  &kLastChainInfo,   &kTlsVersionInfo,    &kTlsCipherInfo},
    // OpenTelemetry's advice for http.client.request.duration.
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
};

}  // namespace vedette::http
