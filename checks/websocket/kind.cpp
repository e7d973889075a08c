#include "checks/websocket/kind.hpp"

#include "checks/lookup.hpp"
#include "checks/websocket/run.hpp"
#include "checks/websocket/settings.hpp"

namespace vedette::websocket {

namespace {

bool handshakes(const std::string& target, const Settings& /*settings*/) {
  return target.starts_with("wss:");
}

}  // namespace

const Kind kKind{
    .name = "websocket",
    .families = {&kSuccess, &kDurationSeconds, &kIpProtocol, &kDnsLookupSeconds, &kIpAddrHash, &kWebSocketDuration,
                 &kWebSocketStatusCode, &kWebSocketUpgraded, &kWebSocketFailedDueToRegex},
    .buckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5},
    .decode = &decode,
    .check_target = &check_target,
    .handshakes = &handshakes,
    .run = &run,
};

}  // namespace vedette::websocket
