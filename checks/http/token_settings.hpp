#pragma once

// The section `oauth2:`: where a token comes from, and what is said to get it.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checks/http/proxy.hpp"
#include "config/secret.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::http {

struct TokenSettings {
  std::string client_id;
  config::Secret client_secret;
  std::string token_url;
  std::vector<std::string> scopes;
  std::vector<std::pair<std::string, config::Secret>> parameters;
  net::TlsClient tls;
  ProxySettings proxy;

  // With a key the grant is RFC 7523's: a signed assertion instead of a secret.
  bool signs = false;
  config::Secret key;
  std::string key_id;
  std::string algorithm = "RS256";
  std::string issuer;  ///< empty: the client
  std::string audience;
  std::vector<std::pair<std::string, std::string>> claims;
};

std::shared_ptr<const TokenSettings> decode_token_settings(config::Mapping& section);

}  // namespace vedette::http
