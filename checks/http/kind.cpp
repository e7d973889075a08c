#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/ascii.hpp"
#include "checks/http/run.hpp"
#include "checks/http/settings.hpp"
#include "checks/http/url.hpp"
#include "checks/kind.hpp"
#include "checks/lookup.hpp"
#include "checks/tls_families.hpp"

namespace vedette::http {

namespace {

using Takes = CommandOption::Takes;

/// A name that stands several times is sent several times.
void add_headers(const std::vector<std::string>& headers, YAML::Node& section) {
  for (const auto& header : headers) {
    const auto [name, value] = split_header(header);
    const auto times = std::count_if(headers.begin(), headers.end(), [&, wanted = name](const auto& other) {
      return same_ignoring_case(split_header(other).first, wanted);
    });
    if (times == 1) {
      section["headers"][name] = yaml_text(value);
    } else {
      section["http_headers"][lower_case(name)]["values"].push_back(yaml_text(value));
    }
  }
}

CommandOptions request_options() {
  return {
      {"-X,--method", "method", "The request's method"},
      {.flags = "-H,--header",
       .key = "headers",
       .help = "A header, 'Name: value'; may be repeated",
       .takes = Takes::kTexts,
       .apply = &add_headers,
       .problem = &header_problem},
      {"-d,--body", "body", "The request's body"},
      {"--status", "valid_status_codes", "Status codes to accept instead of 200 to 299", Takes::kList},
      {"--match", "fail_if_body_not_matches_regexp", "Fail unless the body matches this regular expression",
       Takes::kTexts},
      {"--no-match", "fail_if_body_matches_regexp", "Fail when the body matches this regular expression",
       Takes::kTexts},
      {"--no-follow", "follow_redirects", "Do not follow redirects", Takes::kNothing, "false"},
      {"--http1", "enable_http2", "HTTP/1.1 only", Takes::kNothing, "false"},
      {"--proxy", "proxy_url", "Go through this proxy"},
  };
}

boost::asio::awaitable<void> run(RunContext& context) {
  HttpRun run(context);
  co_await run.go();
}

bool handshakes(const std::string& target, const Settings& /*settings*/) {
  const auto url = parse_url(target);
  return url && url->secure;
}

}  // namespace

extern const Kind kKind{
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
    .vocabulary = language::kHttpVocabulary,
    .defaults = {{"ip_protocol_fallback", "true"}, {"follow_redirects", "true"}, {"enable_http2", "true"}},
    .command = Command{.help = "Run one HTTP check",
                       .operand = "URL",
                       .operand_help = "http:// or https://; without a scheme, http://",
                       .options = joined({request_options(), tls_options(), days_left_options()})},
};

}  // namespace vedette::http
