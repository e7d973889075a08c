#include "scenarios/model/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vedette::scenarios {

namespace {

using enum OptionType;

constexpr std::array kHurlOptions{
    OptionInfo{"aws-sigv4", Option::kAwsSigV4, kText,
               "Sign with AWS Signature Version 4: provider1[:provider2[:region[:service]]]"},
    OptionInfo{"cacert", Option::kCaCert, kFile, "Trust the authorities of this PEM file"},
    OptionInfo{"cert", Option::kCert, kCertificate, "Client certificate, and its password behind a colon"},
    OptionInfo{"compressed", Option::kCompressed, kBoolean, "Ask for a compressed response"},
    OptionInfo{"connect-timeout", Option::kConnectTimeout, kDuration, "Time to connect, at most"},
    OptionInfo{"connect-to", Option::kConnectTo, kText, "Connect elsewhere: HOST1:PORT1:HOST2:PORT2"},
    OptionInfo{"delay", Option::kDelay, kDuration, "Wait before each request"},
    OptionInfo{"digest", Option::kDigest, kBoolean, "Digest authentication"},
    OptionInfo{"fail-with-body", Option::kFailWithBody, kBoolean, "Accepted: what was answered is shown anyway", false},
    OptionInfo{"header", Option::kHeader, kText, "A further header, Name: value"},
    OptionInfo{"http1.0", Option::kHttp10, kBoolean, "HTTP/1.0"},
    OptionInfo{"http1.1", Option::kHttp11, kBoolean, "HTTP/1.1"},
    OptionInfo{"http2", Option::kHttp2, kBoolean, "HTTP/2"},
    OptionInfo{"http3", Option::kHttp3, kBoolean, "HTTP/3 (which there is not)"},
    OptionInfo{"insecure", Option::kInsecure, kBoolean, "Accept any certificate"},
    OptionInfo{"ipv4", Option::kIpv4, kBoolean, "IPv4 only"},
    OptionInfo{"ipv6", Option::kIpv6, kBoolean, "IPv6 only"},
    OptionInfo{"key", Option::kKey, kFile, "Key of the client certificate"},
    OptionInfo{"limit-rate", Option::kLimitRate, kNatural, "Bytes a second, at most"},
    OptionInfo{"location", Option::kLocation, kBoolean, "Follow redirects"},
    OptionInfo{"location-trusted", Option::kLocationTrusted, kBoolean, "The same, and send credentials to other hosts"},
    OptionInfo{"max-redirs", Option::kMaxRedirs, kCount, "Redirects, at most"},
    OptionInfo{"max-time", Option::kMaxTime, kDuration, "Time for a request, at most"},
    OptionInfo{"negotiate", Option::kNegotiate, kBoolean, "Negotiate authentication (which there is not)"},
    OptionInfo{"netrc", Option::kNetrc, kBoolean, "Take credentials from ~/.netrc"},
    OptionInfo{"netrc-file", Option::kNetrcFile, kText, "Take credentials from this file"},
    OptionInfo{"netrc-optional", Option::kNetrcOptional, kBoolean, "The same, when there is one"},
    OptionInfo{"no-header", Option::kNoHeader, kText, "Leave a header out", false},
    OptionInfo{"no-jsonpath-coercion", Option::kNoJsonPathCoercion, kBoolean,
               "What a JSONPath finds stays a list, also of one node or none", false},
    OptionInfo{"noproxy", Option::kNoProxy, kText, "Hosts that are reached without the proxy", false},
    OptionInfo{"ntlm", Option::kNtlm, kBoolean, "NTLM authentication (which there is not)"},
    OptionInfo{"output", Option::kOutput, kFile, "Write the response to a file"},
    OptionInfo{"path-as-is", Option::kPathAsIs, kBoolean, "Leave /../ and /./ in the path"},
    OptionInfo{"pinnedpubkey", Option::kPinnedPubKey, kText, "The server's public key: sha256//BASE64, or a file"},
    OptionInfo{"proxy", Option::kProxy, kText, "Go through this proxy"},
    OptionInfo{"repeat", Option::kRepeat, kCount, "Repeat the request that often"},
    OptionInfo{"resolve", Option::kResolve, kText, "The address of a host: HOST:PORT:ADDRESS"},
    OptionInfo{"retry", Option::kRetry, kCount, "Further attempts when it failed"},
    OptionInfo{"retry-interval", Option::kRetryInterval, kDuration, "Time between attempts"},
    OptionInfo{"skip", Option::kSkip, kBoolean, "Leave the request out"},
    OptionInfo{"unix-socket", Option::kUnixSocket, kText, "Connect to this Unix socket"},
    OptionInfo{"user", Option::kUser, kText, "USER:PASSWORD"},
    OptionInfo{"variable", Option::kVariable, kVariable, "Set a variable, NAME=VALUE"},
    OptionInfo{"verbose", Option::kVerbose, kBoolean, "Show more"},
    OptionInfo{"verbosity", Option::kVerbosity, kVerbosity, "brief, verbose or debug"},
    OptionInfo{"very-verbose", Option::kVeryVerbose, kBoolean, "Show all"},
};

}  // namespace

std::span<const OptionInfo> hurl_options() {
  return kHurlOptions;
}

const OptionInfo* find_hurl_option(std::string_view name) {
  const auto* found =
      std::find_if(kHurlOptions.begin(), kHurlOptions.end(), [&](const OptionInfo& info) { return info.name == name; });
  return found == kHurlOptions.end() ? nullptr : found;
}

std::optional<std::int64_t> milliseconds_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  constexpr std::int64_t kMax = 1'000'000'000'000;
  const std::int64_t factor = unit.empty() || unit == "ms" ? 1
                              : unit == "s"                ? 1000
                              : unit == "m"                ? 60'000
                              : unit == "h"                ? 3'600'000
                                                           : 0;
  if (factor == 0 || number > kMax) return std::nullopt;
  return number * factor;
}

}  // namespace vedette::scenarios
