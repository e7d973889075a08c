#include "scenarios/http/http_options.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

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

}  // namespace

void apply(Option option, const Value& value, HttpOptions& out) {
  using std::chrono::milliseconds;
  switch (option) {
    case Option::kAwsSigV4:
      out.aws_sigv4 = text_of(value);
      return;
    case Option::kCaCert:
      out.ca_file = text_of(value);
      return;
    case Option::kCert:
      return take_certificate(text_of(value), out);
    case Option::kCompressed:
      out.compressed = truth_of(value);
      return;
    case Option::kConnectTimeout:
      out.connect_timeout = milliseconds(number_of(value));
      return;
    case Option::kConnectTo:
      out.connect_to.push_back(text_of(value));
      return;
    case Option::kDelay:
      out.delay = milliseconds(number_of(value));
      return;
    case Option::kDigest:
      out.digest = truth_of(value);
      return;
    case Option::kHeader:
      out.headers.push_back(text_of(value));
      return;
    case Option::kHttp10:
    case Option::kHttp11:
    case Option::kHttp2:
    case Option::kHttp3:
      return apply_version(option, truth_of(value), out);
    case Option::kInsecure:
      out.insecure = truth_of(value);
      return;
    case Option::kIpv4:
      out.ip_version = truth_of(value) ? IpVersion::k4 : IpVersion::k6;
      return;
    case Option::kIpv6:
      out.ip_version = truth_of(value) ? IpVersion::k6 : IpVersion::k4;
      return;
    case Option::kKey:
      out.key_file = text_of(value);
      return;
    case Option::kLimitRate:
      out.limit_rate = number_of(value);
      return;
    case Option::kLocation:
      out.follow = truth_of(value);
      return;
    case Option::kLocationTrusted:
      out.follow = out.follow || truth_of(value);
      out.trusted = truth_of(value);
      return;
    case Option::kMaxRedirs:
      out.max_redirects = number_of(value);
      return;
    case Option::kMaxTime:
      out.max_time = milliseconds(number_of(value));
      return;
    case Option::kNegotiate:
    case Option::kNtlm:
      out.unsupported_auth = out.unsupported_auth || truth_of(value);
      return;
    case Option::kNetrc:
      out.netrc = truth_of(value);
      return;
    case Option::kNetrcFile:
      out.netrc_file = text_of(value);
      return;
    case Option::kNetrcOptional:
      out.netrc_optional = truth_of(value);
      return;
    case Option::kNoHeader:
      out.no_headers.push_back(text_of(value));
      return;
    case Option::kNoJsonPathCoercion:
      out.node_lists = truth_of(value);
      return;
    case Option::kNoProxy:
      out.no_proxy = text_of(value);
      return;
    case Option::kOutput:
      out.output = text_of(value);
      return;
    case Option::kPathAsIs:
      out.path_as_is = truth_of(value);
      return;
    case Option::kPinnedPubKey:
      out.pinned_key = text_of(value);
      return;
    case Option::kProxy:
      out.proxy = text_of(value);
      return;
    case Option::kRepeat:
      out.repeat = number_of(value);
      return;
    case Option::kResolve:
      out.resolve.push_back(text_of(value));
      return;
    case Option::kRetry:
      out.retry = number_of(value);
      return;
    case Option::kRetryInterval:
      out.retry_interval = milliseconds(number_of(value));
      return;
    case Option::kSkip:
      out.skip = truth_of(value);
      return;
    case Option::kUnixSocket:
      out.unix_socket = text_of(value);
      return;
    case Option::kUser:
      out.user = text_of(value);
      return;
    case Option::kBearer:
      out.bearer = text_of(value);
      return;
    case Option::kUserAgent:
      out.user_agent = text_of(value);
      return;
    case Option::kMaxBody:
      out.max_body = number_of(value);
      return;
    case Option::kMinTls:
      out.min_tls = tls_version(text_of(value));
      return;
    case Option::kHttp2PriorKnowledge:
      if (truth_of(value)) out.version = HttpVersion::k2PriorKnowledge;
      return;
    case Option::kProxyHeader:
      out.proxy_headers.push_back(text_of(value));
      return;
    case Option::kReuse:
      out.reuse = truth_of(value);
      return;
    case Option::kServerName:
      out.server_name = text_of(value);
      return;
    case Option::kFailWithBody:
    case Option::kVariable:
    case Option::kVerbose:
    case Option::kVerbosity:
    case Option::kVeryVerbose:
      return;
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
