#include "checks/http/token_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/mapping.hpp"

namespace vedette::http {

namespace {

constexpr std::string_view kSigned = "urn:ietf:params:oauth:grant-type:jwt-bearer";

void read_secret_or_file(config::Mapping& section, const std::string& key, config::Secret& out) {
  if (section.read(key, out) && out.reveal() == "") out = {};
  const auto file_key = key + "_file";
  std::string file;
  if (section.read(file_key, file)) {
    if (!out.empty()) section.error(file_key, fmt::format("{} and {} exclude each other", key, file_key));
    out = config::Secret::file(std::move(file));
  }
  const auto reference = key + "_ref";
  if (section.take(reference)) section.unusable(reference, reference + " needs a secret manager, and there is none");
}

void read_assertion(config::Mapping& section, TokenSettings& out) {
  std::string grant;
  section.read("grant_type", grant);
  out.signs = grant == kSigned;
  if (!out.signs && !grant.empty() && grant != "client_credentials") {
    const auto message = fmt::format("'{}' is not a kind of grant", grant);
    const auto hint = fmt::format("write client_credentials or {}", kSigned);
    if (!section.context().lenient) section.error("grant_type", message, hint);
    if (section.context().lenient) section.warning("grant_type", message + ": it is client_credentials then", hint);
  }
  read_secret_or_file(section, "client_certificate_key", out.key);
  section.read("client_certificate_key_id", out.key_id);
  constexpr std::array<std::string_view, 3> kAlgorithms{"RS256", "RS384", "RS512"};
  if (section.read("signature_algorithm", out.algorithm) &&
      std::find(kAlgorithms.begin(), kAlgorithms.end(), out.algorithm) == kAlgorithms.end()) {
    section.unusable("signature_algorithm", fmt::format("'{}' is not an algorithm for signatures", out.algorithm),
                     fmt::format("write {}", fmt::join(kAlgorithms, ", ")));
  }
  section.read("iss", out.issuer);
  section.read("audience", out.audience);
  if (auto claims = section.take_mapping("claims")) {
    for (const auto& [name, value] : claims->take_all()) out.claims.emplace_back(name, value.scalar());
  }
}

}  // namespace

std::shared_ptr<const TokenSettings> decode_token_settings(config::Mapping& section) {
  auto out = std::make_shared<TokenSettings>();
  section.read("client_id", out->client_id);
  read_secret_or_file(section, "client_secret", out->client_secret);
  section.read("token_url", out->token_url);
  section.read("scopes", out->scopes);
  if (auto parameters = section.take_mapping("endpoint_params")) {
    for (const auto& [name, value] : parameters->take_all()) {
      if (!value.is_scalar()) {
        parameters->error(name, "a parameter takes a single value");
      } else if (auto secret = config::secret_of(value, section.context()))
        out->parameters.emplace_back(name, std::move(*secret));
    }
  }
  read_assertion(section, *out);
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  out->tls = net::TlsClient(tls);
  out->proxy = decode_proxy(section);
  if (out->client_id.empty()) section.error("client_id", "oauth2 needs a client_id");
  if (out->token_url.empty()) section.error("token_url", "oauth2 needs a token_url");
  if (out->signs && out->key.empty()) {
    section.unusable("client_certificate_key",
                     "the grant needs a client_certificate_key or client_certificate_key_file");
  }
  if (!out->signs && out->client_secret.empty())
    section.warning("client_secret", "oauth2 has no client_secret: the token is asked for without one");
  section.finish();
  return out;
}

}  // namespace vedette::http
