#include "scenarios/http/http_plan.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/ascii.hpp"
#include "base/version.hpp"

namespace vedette::scenarios {

namespace {

/// The version of Hurl whose behaviour its files get.
const std::string kHurlAgent = fmt::format("Vedette/{} (hurl/8.0.1)", kVersion);

/// Lines of `Name: value`.
net::Headers headers_of(const std::vector<std::string>& lines) {
  net::Headers out;
  for (const auto& line : lines) {
    const auto colon = line.find(':');
    out.emplace_back(std::string(trim(line.substr(0, colon))),
                     colon == std::string::npos ? "" : std::string(trim(line.substr(colon + 1))));
  }
  return out;
}

std::string netrc_of(const HttpOptions& options) {
  if (!options.netrc_file.empty()) return options.netrc_file;
  if (!options.netrc && !options.netrc_optional) return {};
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "" : home) + "/.netrc";
}

}  // namespace

http::RequestPlan plan_of(const HttpOptions& options, bool hurl) {
  http::RequestPlan out;
  out.policy = http::Policy::kCurl;
  out.headers = headers_of(options.headers);
  out.user_agent = options.user_agent.empty() && hurl ? kHurlAgent : options.user_agent;
  out.usual_headers = {{"Accept", "*/*"}};
  if (options.compressed) out.usual_headers.emplace_back("Accept-Encoding", "gzip, deflate, br");
  out.left_out = options.no_headers;
  if (!options.bearer.empty()) out.authorization = "Bearer " + options.bearer;
  out.user = options.user;
  out.netrc_file = netrc_of(options);
  out.sigv4 = options.aws_sigv4;
  out.digest = options.digest;
  out.follow = options.follow;
  out.max_redirects = options.max_redirects;
  out.trusted = options.trusted;
  out.path_as_is = options.path_as_is;
  out.both_families = options.ip_version == IpVersion::kAny;
  out.address.prefer_v6 = options.ip_version == IpVersion::k6;
  out.address.fallback = out.both_families;
  out.connect_to = options.connect_to;
  out.resolve = options.resolve;
  out.unix_socket = options.unix_socket;
  if (!options.proxy.empty()) {
    auto proxy = std::make_shared<http::ProxySettings>();
    proxy->url = config::Secret::literal(options.proxy);
    proxy->no_proxy = options.no_proxy;
    out.proxy = std::move(proxy);
  }
  out.proxy_headers = headers_of(options.proxy_headers);
  out.http10 = options.version == HttpVersion::k10;
  out.http2 = !out.http10 && options.version != HttpVersion::k11;
  out.only_http2 = options.version == HttpVersion::k2PriorKnowledge;
  out.reuse = options.reuse;
  out.limit_rate = options.limit_rate;
  return out;
}

}  // namespace vedette::scenarios
