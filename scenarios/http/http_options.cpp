#include "scenarios/http/http_options.hpp"

#include <fmt/format.h>

#include <openssl/ssl.h>
#include <array>

#include "scenarios/model/options.hpp"

namespace vedette::scenarios {

namespace {

using language::Fault;
using language::FaultKind;
using language::Value;

std::string text_of(const Value& value) {
  return language::plain_text(value).value_or("");
}

bool truth_of(const Value& value) {
  const auto* truth = value.get<bool>();
  return truth != nullptr && *truth;
}

std::int64_t number_of(const Value& value) {
  const auto* number = value.get<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

/// `{{x}}` where a boolean or a number is wanted.
std::optional<std::string> problem(const Value& value, OptionType type) {
  const auto* number = value.get<std::int64_t>();
  switch (type) {
    case OptionType::kBoolean:
      return value.get<bool>() != nullptr ? std::nullopt : std::optional<std::string>("boolean");
    case OptionType::kCount:
      return number != nullptr && *number >= -1 ? std::nullopt : std::optional<std::string>("integer >= -1");
    case OptionType::kNatural:
    case OptionType::kDuration:
      return number != nullptr && *number >= 0 ? std::nullopt : std::optional<std::string>("positive integer");
    default:
      return std::nullopt;
  }
}

OptionType type_of(Option option) {
  for (const auto& info : hurl_options()) {
    if (info.option == option) return info.type;
  }
  return OptionType::kText;
}

void apply_version(Option option, bool wanted, HttpOptions& out) {
  // What is not wanted means the next lower one.
  switch (option) {
    case Option::kHttp10:
      if (wanted) out.version = HttpVersion::k10;
      break;
    case Option::kHttp11:
      out.version = wanted ? HttpVersion::k11 : HttpVersion::k10;
      break;
    case Option::kHttp2:
      out.version = wanted ? HttpVersion::k2 : HttpVersion::k11;
      break;
    default:
      out.version = wanted ? HttpVersion::k3 : HttpVersion::k2;
  }
  out.reuse = false;
}

/// `FILE` or `FILE:PASSWORD`; a backslash takes the next sign as it is.
void take_certificate(std::string_view text, HttpOptions& out) {
  out.cert_file.clear();
  out.key_passphrase.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      out.key_passphrase = text.substr(i + 1);
      return;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out.cert_file += text[i];
  }
}

int tls_version(const std::string& text) {
  return text == "1.3"   ? TLS1_3_VERSION
         : text == "1.1" ? TLS1_1_VERSION
         : text == "1.0" ? TLS1_VERSION
                         : TLS1_2_VERSION;
}

struct Setter {
  Option option;
  void (*set)(const Value& value, HttpOptions& out);
};

/// Those that a request has; the others are the step's.
constexpr std::array kSetters{
    Setter{Option::kAwsSigV4, [](const Value& value, HttpOptions& out) { out.aws_sigv4 = text_of(value); }},
    Setter{Option::kCaCert, [](const Value& value, HttpOptions& out) { out.ca_file = text_of(value); }},
    Setter{Option::kCert, [](const Value& value, HttpOptions& out) { take_certificate(text_of(value), out); }},
    Setter{Option::kCompressed, [](const Value& value, HttpOptions& out) { out.compressed = truth_of(value); }},
    Setter{Option::kConnectTimeout,
           [](const Value& value, HttpOptions& out) {
             out.connect_timeout = std::chrono::milliseconds(number_of(value));
           }},
    Setter{Option::kConnectTo, [](const Value& value, HttpOptions& out) { out.connect_to.push_back(text_of(value)); }},
    Setter{Option::kDelay,
           [](const Value& value, HttpOptions& out) { out.delay = std::chrono::milliseconds(number_of(value)); }},
    Setter{Option::kDigest, [](const Value& value, HttpOptions& out) { out.digest = truth_of(value); }},
    Setter{Option::kHeader, [](const Value& value, HttpOptions& out) { out.headers.push_back(text_of(value)); }},
    Setter{Option::kHttp10,
           [](const Value& value, HttpOptions& out) { apply_version(Option::kHttp10, truth_of(value), out); }},
    Setter{Option::kHttp11,
           [](const Value& value, HttpOptions& out) { apply_version(Option::kHttp11, truth_of(value), out); }},
    Setter{Option::kHttp2,
           [](const Value& value, HttpOptions& out) { apply_version(Option::kHttp2, truth_of(value), out); }},
    Setter{Option::kHttp3,
           [](const Value& value, HttpOptions& out) { apply_version(Option::kHttp3, truth_of(value), out); }},
    Setter{Option::kInsecure, [](const Value& value, HttpOptions& out) { out.insecure = truth_of(value); }},
    Setter{Option::kIpv4, [](const Value& value,
                             HttpOptions& out) { out.ip_version = truth_of(value) ? IpVersion::k4 : IpVersion::k6; }},
    Setter{Option::kIpv6, [](const Value& value,
                             HttpOptions& out) { out.ip_version = truth_of(value) ? IpVersion::k6 : IpVersion::k4; }},
    Setter{Option::kKey, [](const Value& value, HttpOptions& out) { out.key_file = text_of(value); }},
    Setter{Option::kLimitRate, [](const Value& value, HttpOptions& out) { out.limit_rate = number_of(value); }},
    Setter{Option::kLocation, [](const Value& value, HttpOptions& out) { out.follow = truth_of(value); }},
    Setter{Option::kLocationTrusted,
           [](const Value& value, HttpOptions& out) {
             out.follow = out.follow || truth_of(value);
             out.trusted = truth_of(value);
           }},
    Setter{Option::kMaxRedirs, [](const Value& value, HttpOptions& out) { out.max_redirects = number_of(value); }},
    Setter{Option::kMaxTime,
           [](const Value& value, HttpOptions& out) { out.max_time = std::chrono::milliseconds(number_of(value)); }},
    Setter{
        Option::kNegotiate,
        [](const Value& value, HttpOptions& out) { out.unsupported_auth = out.unsupported_auth || truth_of(value); }},
    Setter{Option::kNtlm, [](const Value& value,
                             HttpOptions& out) { out.unsupported_auth = out.unsupported_auth || truth_of(value); }},
    Setter{Option::kNetrc, [](const Value& value, HttpOptions& out) { out.netrc = truth_of(value); }},
    Setter{Option::kNetrcFile, [](const Value& value, HttpOptions& out) { out.netrc_file = text_of(value); }},
    Setter{Option::kNetrcOptional, [](const Value& value, HttpOptions& out) { out.netrc_optional = truth_of(value); }},
    Setter{Option::kNoHeader, [](const Value& value, HttpOptions& out) { out.no_headers.push_back(text_of(value)); }},
    Setter{Option::kNoJsonPathCoercion, [](const Value& value, HttpOptions& out) { out.node_lists = truth_of(value); }},
    Setter{Option::kNoProxy, [](const Value& value, HttpOptions& out) { out.no_proxy = text_of(value); }},
    Setter{Option::kOutput, [](const Value& value, HttpOptions& out) { out.output = text_of(value); }},
    Setter{Option::kPathAsIs, [](const Value& value, HttpOptions& out) { out.path_as_is = truth_of(value); }},
    Setter{Option::kPinnedPubKey, [](const Value& value, HttpOptions& out) { out.pinned_key = text_of(value); }},
    Setter{Option::kProxy, [](const Value& value, HttpOptions& out) { out.proxy = text_of(value); }},
    Setter{Option::kRepeat, [](const Value& value, HttpOptions& out) { out.repeat = number_of(value); }},
    Setter{Option::kResolve, [](const Value& value, HttpOptions& out) { out.resolve.push_back(text_of(value)); }},
    Setter{Option::kRetry, [](const Value& value, HttpOptions& out) { out.retry = number_of(value); }},
    Setter{
        Option::kRetryInterval,
        [](const Value& value, HttpOptions& out) { out.retry_interval = std::chrono::milliseconds(number_of(value)); }},
    Setter{Option::kSkip, [](const Value& value, HttpOptions& out) { out.skip = truth_of(value); }},
    Setter{Option::kUnixSocket, [](const Value& value, HttpOptions& out) { out.unix_socket = text_of(value); }},
    Setter{Option::kUser, [](const Value& value, HttpOptions& out) { out.user = text_of(value); }},
    Setter{Option::kBearer, [](const Value& value, HttpOptions& out) { out.bearer = text_of(value); }},
    Setter{Option::kUserAgent, [](const Value& value, HttpOptions& out) { out.user_agent = text_of(value); }},
    Setter{Option::kMaxBody, [](const Value& value, HttpOptions& out) { out.max_body = number_of(value); }},
    Setter{Option::kMinTls, [](const Value& value, HttpOptions& out) { out.min_tls = tls_version(text_of(value)); }},
    Setter{Option::kHttp2PriorKnowledge,
           [](const Value& value, HttpOptions& out) {
             if (truth_of(value)) out.version = HttpVersion::k2PriorKnowledge;
           }},
    Setter{Option::kProxyHeader,
           [](const Value& value, HttpOptions& out) { out.proxy_headers.push_back(text_of(value)); }},
    Setter{Option::kReuse, [](const Value& value, HttpOptions& out) { out.reuse = truth_of(value); }},
    Setter{Option::kServerName, [](const Value& value, HttpOptions& out) { out.server_name = text_of(value); }},
};

}  // namespace

void apply(Option option, const Value& value, HttpOptions& out) {
  for (const auto& setter : kSetters) {
    if (setter.option == option) setter.set(value, out);
  }
}

tl::expected<Value, Fault> value_of(const OptionSetting& setting, language::Scope& scope) {
  if (const auto* value = std::get_if<Value>(&setting.value)) return *value;
  if (const auto* text = std::get_if<Text>(&setting.value)) return text->text.render(scope);
  const auto& expression = std::get<language::Expression>(setting.value);
  auto value = expression.evaluate(scope);
  if (!value) return value;
  if (const auto wanted = problem(*value, type_of(setting.option))) {
    return tl::make_unexpected(
        Fault{.kind = FaultKind::kInvalidType,
              .span = expression.span(),
              .message = fmt::format("expecting {}, it is {}", *wanted, language::described(*value))});
  }
  return value;
}

}  // namespace vedette::scenarios
