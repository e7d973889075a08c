#include "checks/http/token.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <memory>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/version.hpp"
#include "checks/http/url.hpp"
#include "net/http/http_client.hpp"
#include "net/http/proxy_tunnel.hpp"
#include "net/io/moment.hpp"
#include "net/io/services.hpp"

namespace vedette::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxAnswer = 1 << 20;
constexpr std::chrono::hours kValidity{1};

/// RFC 4648 section 5, without padding.
std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  return encode_base64_url(std::string(bytes.begin(), bytes.end()));
}

/// What a token endpoint was asked, without who asks.
tl::expected<std::string, Failure> form_of(RunContext& context, const TokenSettings& settings) {
  std::string out = "grant_type=";
  if (settings.signs) {
    const auto assertion = make_assertion(settings, std::chrono::system_clock::now());
    if (!assertion) return tl::make_unexpected(Failure{Reason::kLocalFile, assertion.error()});
    context.redactor.add(*assertion);
    out += form_encoded("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + form_encoded(*assertion);
  } else {
    out += "client_credentials";
  }
  std::string scopes;
  for (const auto& scope : settings.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
  if (!scopes.empty()) out += "&scope=" + form_encoded(scopes);
  for (const auto& [name, secret] : settings.parameters) {
    const auto value = context.reveal(secret);
    if (!value) return tl::make_unexpected(value.error());
    out += "&" + form_encoded(name) + "=" + form_encoded(*value);
  }
  return out;
}

struct Answer {
  int status = 0;
  std::string body;
};

/// One request to the endpoint.
class Endpoint {
 public:
  Endpoint(RunContext& context, const TokenSettings& settings, Url url)
      : context_(context), settings_(settings), url_(std::move(url)) {}

  asio::awaitable<tl::expected<Answer, Failure>> ask(std::string form, std::string authorization) {
    net::HttpRequest request;
    request.secure = url_.secure;
    request.host = url_.host;
    request.port = url_.port;
    request.target = url_.path;
    request.connect_as = &address_;
    request.method = "POST";
    request.http2 = false;
    request.verify_name = settings_.tls.name_for(url_.host);
    request.headers = {{"Host", url_.authority()},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"User-Agent", fmt::format("Vedette/{}", kVersion)}};
    if (!authorization.empty()) request.headers.emplace_back("Authorization", std::move(authorization));
    request.body = std::move(form);
    if (url_.secure) {
      auto material = settings_.tls.material();
      if (!material) co_return tl::make_unexpected(Failure{Reason::kLocalFile, material.error()});
      request.tls = std::move(*material);
    }
    if (auto problem = co_await find_way(request)) co_return tl::make_unexpected(std::move(*problem));
    Answer answer;
    request.on_body = [&answer](std::string_view part) {
      answer.body += part;
      return answer.body.size() <= kMaxAnswer;
    };
    net::HttpExchange exchange;
    auto problem = co_await net::perform(context_, request, exchange, 0);
    if (problem) co_return tl::make_unexpected(std::move(*problem));
    answer.status = exchange.status;
    co_return answer;
  }

 private:
  asio::awaitable<net::Problem> find_way(net::HttpRequest& request) {
    if (!settings_.proxy.problem.empty()) co_return Failure{Reason::kSettingsInvalid, settings_.proxy.problem};
    const auto& egress = context_.services.sockets.egress();
    if (auto refused = egress.refuses_name(url_.host)) co_return refused;
    auto found = co_await context_.services.resolver->resolve(url_.host, address_);
    if (!found) co_return std::move(found.error());
    request.address = found->address;
    const auto proxy = proxy_for(settings_.proxy, url_);
    if (!proxy) co_return std::nullopt;
    auto through = co_await reach_proxy(context_, *proxy, address_, settings_.tls);
    if (!through) co_return std::move(through.error());
    request.proxy = std::move(*through);
    co_return std::nullopt;
  }

  RunContext& context_;
  const TokenSettings& settings_;
  const Url url_;
  net::AddressSettings address_;
};

/// Of an answer with status 2xx.
tl::expected<std::string, Failure> token_in(const Answer& answer) {
  const auto refused = [](std::string message) {
    return tl::make_unexpected(Failure{Reason::kHttpToken, std::move(message)});
  };
  boost::system::error_code error;
  const auto json = boost::json::parse(answer.body, error);
  if (error || !json.is_object()) return refused("the token endpoint's answer is not a JSON object");
  const auto* token = json.as_object().if_contains("access_token");
  if (token == nullptr || !token->is_string() || token->get_string().empty()) {
    return refused("the token endpoint's answer has no access_token");
  }
  const auto* type = json.as_object().if_contains("token_type");
  std::string name = type != nullptr && type->is_string() ? std::string(type->get_string()) : "Bearer";
  if (same_ignoring_case(name, "bearer")) name = "Bearer";
  return name + " " + std::string(token->get_string());
}

asio::awaitable<tl::expected<std::string, Failure>> ask_for_token(RunContext& context, const TokenSettings& settings) {
  auto url = parse_url(settings.token_url);
  if (!url) co_return tl::make_unexpected(Failure{Reason::kSettingsInvalid, "token_url: " + url.error()});
  const auto form = form_of(context, settings);
  if (!form) co_return tl::make_unexpected(form.error());
  Endpoint endpoint(context, settings, std::move(*url));
  std::string secret;
  if (!settings.client_secret.empty()) {
    auto value = context.reveal(settings.client_secret);
    if (!value) co_return tl::make_unexpected(std::move(value.error()));
    secret = std::move(*value);
  }
  const auto basic =
      settings.signs ? std::string() : net::basic_authorization(form_encoded(settings.client_id), form_encoded(secret));
  context.redactor.add_authorization(basic);
  auto answer = co_await endpoint.ask(*form, basic);
  const auto accepted = [&answer] { return answer->status >= 200 && answer->status < 300; };
  if (answer && !accepted() && !settings.signs) {
    auto whole = *form + "&client_id=" + form_encoded(settings.client_id) + "&client_secret=" + form_encoded(secret);
    answer = co_await endpoint.ask(std::move(whole), {});
  }
  if (!answer) co_return tl::make_unexpected(std::move(answer.error()));
  if (accepted()) co_return token_in(*answer);
  constexpr std::size_t kShown = 200;
  co_return tl::make_unexpected(
      Failure{Reason::kHttpToken,
              fmt::format("the token endpoint answered {}: {}", answer->status, printable(answer->body, kShown))});
}

}  // namespace

std::string form_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : c == ' ' ? "+" : fmt::format("%{:02X}", byte);
  }
  return out;
}

tl::expected<std::string, std::string> make_assertion(const TokenSettings& settings,
                                                      std::chrono::system_clock::time_point now) {
  const auto pem = settings.key.reveal();
  if (!pem) return tl::make_unexpected(pem.error());
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())),
                                                      &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>("")), &EVP_PKEY_free);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return tl::make_unexpected(std::string("client_certificate_key is no RSA key in PEM form"));
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  boost::json::object header{{"alg", settings.algorithm}, {"typ", "JWT"}};
  if (!settings.key_id.empty()) header["kid"] = settings.key_id;
  boost::json::object claims{{"iss", settings.issuer.empty() ? settings.client_id : settings.issuer},
                             {"sub", settings.client_id},
                             {"aud", settings.audience.empty() ? settings.token_url : settings.audience},
                             {"jti", random_id()},
                             {"iat", seconds},
                             {"exp", seconds + std::chrono::seconds(kValidity).count()}};
  for (const auto& [name, value] : settings.claims) claims[name] = value;
  auto out =
      encode_base64_url(boost::json::serialize(header)) + "." + encode_base64_url(boost::json::serialize(claims));
  const auto* digest = settings.algorithm == "RS256"   ? EVP_sha256()
                       : settings.algorithm == "RS384" ? EVP_sha384()
                                                       : EVP_sha512();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> signing(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = signature.size();
  const bool signs = EVP_DigestSignInit(signing.get(), nullptr, digest, nullptr, key.get()) == 1 &&
                     EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                    reinterpret_cast<const unsigned char*>(out.data()), out.size()) == 1;
  if (!signs) return tl::make_unexpected(std::string("client_certificate_key cannot sign"));
  signature.resize(size);
  return out + "." + encode_base64_url(signature);
}

asio::awaitable<tl::expected<std::string, Failure>> fetch_token(RunContext& context, const TokenSettings& settings) {
  // What the requests below measure is not the target's: it counts as one phase.
  auto& result = context.result;
  auto phases = std::exchange(result.phases, {});
  const auto duration = std::exchange(result.duration, {});
  auto token = co_await ask_for_token(context, settings);
  if (!token) context.end_phase();
  const auto taken = result.duration;
  result.phases = std::move(phases);
  result.duration = duration;
  context.enter(Phase::kToken);
  context.add_phase(Phase::kToken, taken);
  if (token) context.redactor.add_authorization(*token);
  context.log(token ? std::string("got a token") : "no token: " + token.error().message);
  if (!token && token.error().reason != Reason::kCancelled) token.error().message = "token: " + token.error().message;
  co_return token;
}

}  // namespace vedette::http
