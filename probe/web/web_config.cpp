#include "probe/web/web_config.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "config/mapping.hpp"
#include "config/text_file.hpp"

namespace vedette {

namespace ssl = boost::asio::ssl;

namespace {

constexpr std::size_t kMaxFile = 16 << 20;
/// Of the function itself, and that below which a hash is guessed too soon (Go's default).
constexpr int kMinBcryptCost = 4;
constexpr int kMaxBcryptCost = 31;
constexpr int kGoodBcryptCost = 10;

struct TlsFiles {
  std::string certificate;
  std::string key;
  std::string client_authority;
};

/// A file of the configuration, or the text itself; relative names are relative to the configuration.
std::string content_of(config::Mapping& section, const std::string& key, const std::string& file_key,
                       const std::string& path, WebConfig& out) {
  std::string text;
  std::string file;
  section.read(key, text);
  if (!section.read(file_key, file)) return text;
  if (!text.empty()) section.error(file_key, fmt::format("{} and {} exclude each other", key, file_key));
  const auto full = (std::filesystem::path(path).parent_path() / file).string();
  auto content = config::read_small_file(full, kMaxFile);
  if (!content) {
    section.error(file_key, content.error());
    return {};
  }
  out.files.push_back(full);
  return *content;
}

int read_version(config::Mapping& section, std::string_view key, int otherwise) {
  constexpr std::array<std::string_view, 4> kNames{"TLS10", "TLS11", "TLS12", "TLS13"};
  constexpr std::array<int, 4> kVersions{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  std::string text;
  if (!section.read_choice(key, text, kNames)) return otherwise;
  const auto at = static_cast<std::size_t>(std::find(kNames.begin(), kNames.end(), text) - kNames.begin());
  if (kVersions.at(at) < TLS1_2_VERSION) {
    section.error(key, fmt::format("{} is broken", text), "write TLS12 or TLS13");
  }
  return kVersions.at(at);
}

void read_ciphers(config::Mapping& section, SSL_CTX* context) {
  std::vector<std::string> names;
  if (!section.read("cipher_suites", names)) return;
  std::string list;
  for (const auto& name : names) {
    const std::string known = OPENSSL_cipher_name(name.c_str());
    // Those of TLS 1.3 are not chosen.
    if (known.starts_with("TLS_")) continue;
    if (known == "(NONE)") {
      section.error("cipher_suites", fmt::format("'{}' is not a cipher suite", name), "write IANA's names");
    } else {
      list += (list.empty() ? "" : ":") + known;
    }
  }
  if (!list.empty()) SSL_CTX_set_cipher_list(context, list.c_str());
}

void read_curves(config::Mapping& section, SSL_CTX* context) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kCurves{
      {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};
  std::vector<std::string> names;
  if (!section.read("curve_preferences", names)) return;
  std::string list;
  for (const auto& name : names) {
    const auto found =
        std::find_if(kCurves.begin(), kCurves.end(), [&](const auto& curve) { return curve.first == name; });
    if (found == kCurves.end()) {
      section.error("curve_preferences", fmt::format("'{}' is not a curve", name),
                    "write CurveP256, CurveP384, CurveP521 or X25519");
    } else {
      list += (list.empty() ? "" : ":") + std::string(found->second);
    }
  }
  if (!list.empty()) SSL_CTX_set1_groups_list(context, list.c_str());
}

/// Whether clients need a certificate, as OpenSSL's flags; nothing when nobody looks at it.
void read_client_auth(config::Mapping& section, const std::string& authority, ssl::context& context) {
  constexpr std::array<std::string_view, 5> kTypes{"NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                                                   "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"};
  std::string type = "NoClientCert";
  section.read_choice("client_auth_type", type, kTypes);
  const bool verifies = type == "VerifyClientCertIfGiven" || type == "RequireAndVerifyClientCert";
  if (verifies && authority.empty()) section.error("client_auth_type", type + " needs a client_ca_file");
  if (!verifies && !authority.empty()) {
    section.error("client_auth_type", "client_ca_file says nothing unless clients' certificates are verified",
                  "write RequireAndVerifyClientCert");
  }
  if (type == "RequestClientCert" || type == "RequireAnyClientCert") {
    section.error("client_auth_type", type + " would accept any certificate, also one that the client has made itself",
                  "write RequireAndVerifyClientCert with a client_ca_file");
  }
  if (!verifies || authority.empty()) return;
  boost::system::error_code error;
  context.add_certificate_authority(boost::asio::buffer(authority), error);
  if (error) section.error("client_ca_file", "it holds no certificate in PEM form");
  int mode = ssl::verify_peer;
  if (type == "RequireAndVerifyClientCert") mode |= ssl::verify_fail_if_no_peer_cert;
  context.set_verify_mode(mode, error);
}

void read_tls(config::Mapping& section, const std::string& path, WebConfig& out) {
  const auto certificate = content_of(section, "cert", "cert_file", path, out);
  const auto key = content_of(section, "key", "key_file", path, out);
  const auto authority = content_of(section, "client_ca", "client_ca_file", path, out);
  const bool given = section.has("cert") || section.has("cert_file");
  const bool key_given = section.has("key") || section.has("key_file");
  if (!given || !key_given) section.error(given ? "key_file" : "cert_file", "TLS needs a cert_file and a key_file");
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, read_version(section, "min_version", TLS1_2_VERSION));
  SSL_CTX_set_max_proto_version(native, read_version(section, "max_version", 0));
  boost::system::error_code error;
  if (!certificate.empty()) {
    context->use_certificate_chain(boost::asio::buffer(certificate), error);
    if (error) section.error("cert_file", "it holds no certificate in PEM form");
  }
  if (!key.empty() && !error) {
    context->use_private_key(boost::asio::buffer(key), ssl::context::pem, error);
    if (error) section.error("key_file", "it holds no private key, or not that of the certificate");
  }
  read_ciphers(section, native);
  bool prefer = true;
  section.read("prefer_server_cipher_suites", prefer);
  if (prefer) SSL_CTX_set_options(native, SSL_OP_CIPHER_SERVER_PREFERENCE);
  read_curves(section, native);
  read_client_auth(section, authority, *context);
  section.read("client_allowed_sans", out.allowed_sans);
  if (!out.allowed_sans.empty() && authority.empty()) {
    section.error("client_allowed_sans", "it needs certificates that are verified",
                  "set client_ca_file and client_auth_type");
  }
  section.finish();
  out.tls = std::move(context);
}

/// The cost of a bcrypt hash; nothing when it is none.
std::optional<int> bcrypt_cost(const std::string& hash) {
  const bool bcrypt =
      hash.size() == 60 && (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
  int cost = 0;
  if (bcrypt) std::from_chars(hash.data() + 4, hash.data() + 6, cost);
  if (cost < kMinBcryptCost || cost > kMaxBcryptCost) return std::nullopt;
  return cost;
}

void read_users(config::Mapping& section, WebConfig& out) {
  for (const auto& [name, value] : section.take_all()) {
    const auto hash = value.is_scalar() ? value.scalar() : std::string();
    constexpr auto kHint = "htpasswd -nBC 10 NAME makes one";
    const auto cost = bcrypt_cost(hash);
    if (!cost) {
      section.error(name, "the password must be a bcrypt hash", kHint);
    } else if (*cost < kGoodBcryptCost) {
      section.warning(name, fmt::format("the hash's cost of {} makes its password easy to guess", *cost), kHint);
    }
    out.users.emplace(name, hash);
  }
}

void read_http(config::Mapping& section, WebConfig& out) {
  constexpr std::array<std::string_view, 5> kHeaders{"Content-Security-Policy", "X-Frame-Options",
                                                     "X-Content-Type-Options", "X-XSS-Protection",
                                                     "Strict-Transport-Security"};
  bool http2 = true;
  section.read("http2", http2);
  auto headers = section.take_mapping("headers");
  if (headers) {
    for (const auto& [name, value] : headers->take_all()) {
      const auto same = [n = std::string_view(name)](std::string_view other) { return same_ignoring_case(n, other); };
      const auto text = value.is_scalar() ? value.scalar() : std::string();
      if (std::none_of(kHeaders.begin(), kHeaders.end(), same)) {
        headers->error_at_key(name, fmt::format("the header {} cannot be set", name),
                              fmt::format("known: {}", fmt::join(kHeaders, ", ")));
      } else if (text.find_first_of("\r\n") != std::string::npos) {
        headers->error(name, "a header's value cannot hold a line break");
      } else if (!text.empty()) {
        out.headers.emplace_back(name, text);
      }
    }
  }
  section.finish();
}

}  // namespace

std::optional<WebConfig> load_web_config(const std::string& path, config::Diagnostics& diagnostics) {
  auto text = config::read_text_file(path, kMaxFile);
  if (!text) {
    const auto& problem = text.error();
    diagnostics.error({std::make_shared<config::Source>(config::Source{path, {}}), problem.line, problem.column},
                      problem.message);
    return std::nullopt;
  }
  WebConfig out;
  out.files.push_back(path);
  // An empty file asks for nothing.
  if (trim(*text).empty()) return out;
  config::Context context{diagnostics, {}};
  const auto value =
      config::parse_yaml(std::make_shared<config::Source>(config::Source{path, std::move(*text)}), diagnostics);
  if (!value) return std::nullopt;
  config::Mapping document(*value, "", context);
  if (auto tls = document.take_mapping("tls_server_config")) read_tls(*tls, path, out);
  if (auto users = document.take_mapping("basic_auth_users")) read_users(*users, out);
  if (auto http = document.take_mapping("http_server_config")) read_http(*http, out);
  if (auto rate = document.take_mapping("rate_limit")) {
    rate->read_go_duration("interval", out.rate_interval);
    constexpr std::int64_t kMaxBurst = 1'000'000;
    rate->read_integer("burst", out.rate_burst, 0, kMaxBurst);
    if (out.rate_interval < config::Duration::zero()) rate->error("interval", "interval cannot be negative");
    rate->finish();
  }
  document.finish();
  if (!out.users.empty() && !out.tls) {
    diagnostics.warning(document.place_of("basic_auth_users"), "passwords will go over the network in clear text",
                        "set tls_server_config");
  }
  if (diagnostics.has_errors()) return std::nullopt;
  return out;
}

}  // namespace vedette
