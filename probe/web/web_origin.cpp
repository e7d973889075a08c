#include "probe/web/web_origin.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "net/addresses/target.hpp"

namespace vedette {

namespace {

/// The host of `host:port`, `[v6]:port` or either without a port, in lower case and without a dot at its end; nothing
/// when it is none of them.
std::optional<std::string> host_of(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return std::nullopt;
  auto out = lower_case(text.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0)));
  const auto rest = text.substr(end + (bracketed ? 1 : 0));
  const bool port =
      rest.empty() || (rest[0] == ':' && rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-_*";
  const bool plain = bracketed ? net::is_address(out) : out.find_first_not_of(kAllowed) == std::string::npos;
  if (!port || !plain) return std::nullopt;
  if (out.ends_with('.')) out.pop_back();
  return out;
}

/// `scheme://host[:port]` of a URL, in lower case.
std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  return lower_case(url.substr(0, url.find_first_of("/?#", scheme + 3)));
}

std::vector<std::string> own_names() {
  std::array<char, 256> name{};
  std::vector<std::string> out{"localhost"};
  if (::gethostname(name.data(), name.size() - 1) != 0) return out;
  const auto whole = lower_case(std::string_view(name.data()));
  out.push_back(whole);
  out.push_back(whole.substr(0, whole.find('.')));
  return out;
}

WebResponse forbidden(std::string text) {
  return {403, "text/plain; charset=utf-8", std::move(text), {}};
}

}  // namespace

AllowedHosts::AllowedHosts(std::vector<std::string> hosts, const std::string& external_url)
    : names_(own_names()), external_origin_(origin_of(external_url)) {
  for (const auto& host : hosts) names_.push_back(host_of(host).value_or(""));
  if (external_origin_.empty()) return;
  names_.push_back(host_of(external_origin_.substr(external_origin_.find("://") + 3)).value_or(""));
}

bool AllowedHosts::holds(const std::string& host) const {
  // HTTP/1.0 has no such header, and no browser speaks it.
  if (host.empty()) return true;
  const auto found = host_of(host);
  if (!found || found->empty()) return false;
  const auto& name = *found;
  // A page cannot make an address lead elsewhere.
  if (net::is_address(name) || name.ends_with(".localhost")) return true;
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& allowed) {
    if (allowed == "*") return true;
    return allowed.starts_with("*.") ? name.ends_with(allowed.substr(1)) : name == allowed;
  });
}

bool AllowedHosts::is_own_origin(const std::string& origin, const std::string& host) const {
  const auto given = lower_case(origin);
  if (given == external_origin_) return true;
  const auto scheme = given.find("://");
  return scheme != std::string::npos && given.substr(scheme + 3) == lower_case(host);
}

std::optional<WebResponse> refuse_foreign_page(const WebRequest& request, Access access, const AllowedHosts& hosts) {
  const bool is_private = access == Access::kPrivate || access == Access::kPrivateAction;
  if (is_private && !hosts.holds(request.host)) {
    return forbidden(
        fmt::format("This agent does not answer for the host {}: add it to --web.allowed-hosts, or set "
                    "--web.external-url.\n",
                    printable(request.host, 255)));
  }
  if (access == Access::kOpen || access == Access::kPrivate) return std::nullopt;
  const bool foreign = same_ignoring_case(request.sec_fetch_site, "cross-site") ||
                       (!request.origin.empty() && !hosts.is_own_origin(request.origin, request.host));
  // Somebody may follow a link to a probe, which every browser tells apart from what a page loads by itself.
  const bool link =
      request.method == "GET" && request.sec_fetch_mode == "navigate" && request.sec_fetch_dest == "document";
  if (!foreign || link) return std::nullopt;
  return forbidden("This request comes from a page of another site.\n");
}

}  // namespace vedette
