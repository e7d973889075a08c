#include "probe/web/probe_request.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "checks/kind.hpp"
#include "config/masked.hpp"

namespace vedette {

namespace {

constexpr std::string_view kDefaultModule = "http_2xx";
constexpr double kDefaultScrapeTimeout = 120;
constexpr double kLongestTimeout = 3600;

tl::unexpected<ProbeRefusal> refuse(int status, std::string text) {
  return tl::make_unexpected(ProbeRefusal{status, std::move(text), false});
}

/// Seconds, as a header has them; nothing when it is no number.
std::optional<double> parse_seconds(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

config::Duration probe_timeout(double scrape_timeout, config::Duration module_timeout, config::Duration offset) {
  if (scrape_timeout == 0 || std::isnan(scrape_timeout)) scrape_timeout = kDefaultScrapeTimeout;
  const auto max = scrape_timeout - std::chrono::duration<double>(offset).count();
  const auto of_module = std::chrono::duration<double>(module_timeout).count();
  const bool module_decides = (of_module > 0 && of_module < max) || max < 0;
  return std::chrono::duration_cast<config::Duration>(
      std::chrono::duration<double>(std::min(module_decides ? of_module : max, kLongestTimeout)));
}

tl::expected<ProbeRequest, ProbeRefusal> read_probe_request(const WebRequest& request, const Modules& modules,
                                                            config::Duration timeout_offset) {
  auto name = request.parameter("module");
  if (name.empty()) name = kDefaultModule;
  const auto found = modules.find(name);
  if (found == modules.end()) {
    auto refusal = ProbeRefusal{400, fmt::format("Unknown module \"{}\"\n", printable(name, 200)), true};
    return tl::make_unexpected(std::move(refusal));
  }
  const auto& module = *found->second;
  double scrape_timeout = 0;
  if (const auto& header = request.scrape_timeout; !header.empty()) {
    const auto value = parse_seconds(header);
    if (!value) {
      return refuse(
          500,
          fmt::format("Failed to parse timeout from Prometheus header: '{}' is not a number of seconds\n", header));
    }
    scrape_timeout = *value;
  }
  auto check = std::make_shared<Check>();
  check->target = request.parameter("target");
  if (check->target.empty()) return refuse(400, "Target parameter is missing\n");
  if (module.kind == nullptr) return refuse(400, fmt::format("Unknown prober \"{}\"\n", module.prober));
  check->hostname = request.parameter("hostname");
  if (const auto other = conflicting_host(*module.settings, check->hostname); !other.empty()) {
    return refuse(400, fmt::format("host header defined both in module configuration ({}) and with URL-parameter "
                                   "'hostname' ({})\n",
                                   other, check->hostname));
  }
  check->name = check->module = module.name;
  check->instance = config::mask_userinfo(check->target);
  check->kind = module.kind;
  check->settings = module.settings;
  check->unusable = module.unusable;
  check->timeout = probe_timeout(scrape_timeout, module.timeout, timeout_offset);
  check->key = key_of(check->name, check->target);
  return ProbeRequest{std::move(check), found->second, request.parameter("debug") == "true"};
}

}  // namespace vedette
