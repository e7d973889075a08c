#include "net/tls/tls_profile.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>
#include <deque>
#include <map>
#include <set>

#include "net/tls/key_decoder.hpp"
#include "net/tls/tls_verify.hpp"

namespace vedette::net {

namespace {

constexpr std::size_t kMaxPemFile = 16 << 20;
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, BioDeleter>;

std::string openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no detail";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

BioPtr memory_bio(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<X509*> read_certificates(const std::string& pem) {
  std::vector<X509*> out;
  const auto bio = memory_bio(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) out.push_back(certificate);
  ERR_clear_error();
  return out;
}

/// The inline text, or the content of the file.
tl::expected<std::string, std::string> inline_or_file(const std::string& text, const std::string& file) {
  if (!text.empty() || file.empty()) return text;
  return config::read_small_file(file, kMaxPemFile);
}

X509_STORE* store_of(const std::vector<X509*>& authorities) {
  X509_STORE* store = X509_STORE_new();
  for (X509* certificate : authorities) X509_STORE_add_cert(store, certificate);
  // Whatever is in the file is trusted, an intermediate or the server's own certificate too: so do curl, Go and
  // browsers.
  X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  ERR_clear_error();
  return store;
}

/// Reading the bundle costs some 50 ms: all profiles without a `ca` share this one until the file changes.
tl::expected<X509_STORE*, std::string> system_store() {
  static std::mutex mutex;
  static X509_STORE* store = nullptr;
  static timespec loaded{};
  const std::lock_guard lock(mutex);
  const char* configured = std::getenv("SSL_CERT_FILE");
  const std::string path = configured != nullptr ? configured : kSystemBundle;
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return tl::make_unexpected(fmt::format("cannot read the system's authorities: {}", path));
  }
  if (store == nullptr || loaded.tv_sec != info.st_mtim.tv_sec || loaded.tv_nsec != info.st_mtim.tv_nsec) {
    const auto pem = config::read_small_file(path, kMaxPemFile);
    if (!pem) return tl::make_unexpected(pem.error());
    const auto authorities = read_certificates(*pem);
    if (store != nullptr) X509_STORE_free(store);
    store = store_of(authorities);
    for (X509* certificate : authorities) X509_free(certificate);
    loaded = info.st_mtim;
  }
  X509_STORE_up_ref(store);
  return store;
}

tl::expected<X509_STORE*, std::string> store_for(const TlsSettings& settings) {
  if (settings.ca.empty() && settings.ca_file.empty()) return system_store();
  const auto pem = inline_or_file(settings.ca, settings.ca_file);
  if (!pem) return tl::make_unexpected(pem.error());
  const auto authorities = read_certificates(*pem);
  if (authorities.empty()) {
    return tl::make_unexpected(
        fmt::format("{} holds no certificate in PEM form", settings.ca.empty() ? settings.ca_file : "ca"));
  }
  auto* store = store_of(authorities);
  for (X509* certificate : authorities) X509_free(certificate);
  return store;
}

/// What is wrong with the client certificate, or nothing.
std::string use_client_certificate(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.cert.empty() && settings.cert_file.empty()) return {};
  const auto pem = inline_or_file(settings.cert, settings.cert_file);
  if (!pem) return pem.error();
  const auto chain = read_certificates(*pem);
  if (chain.empty()) {
    return fmt::format("{} holds no certificate in PEM form", settings.cert_file.empty() ? "cert" : settings.cert_file);
  }
  SSL_CTX_use_certificate(context, chain.front());
  for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context, chain[i]);
  for (X509* certificate : chain) X509_free(certificate);
  auto key_text = settings.key_file.empty() ? settings.key.reveal() : inline_or_file({}, settings.key_file);
  if (!key_text) return key_text.error();
  const auto bio = memory_bio(*key_text);
  // An empty passphrase rather than none: OpenSSL would otherwise ask for one on the terminal.
  EVP_PKEY* key =
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, const_cast<char*>(settings.key_passphrase.c_str()));
  OPENSSL_cleanse(key_text->data(), key_text->size());
  if (key == nullptr) {
    return fmt::format("{} holds no usable private key: {}", settings.key_file.empty() ? "key" : settings.key_file,
                       openssl_error());
  }
  // Refused when it is not the certificate's.
  const bool belongs = SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  ERR_clear_error();
  return belongs ? std::string() : "the client certificate and the key do not belong together";
}

}  // namespace

tl::expected<TlsMaterialPtr, std::string> TlsMaterial::load(const TlsSettings& settings) {
  use_fast_key_decoder();
  std::shared_ptr<TlsMaterial> out(new TlsMaterial());
  out->verifies_ = !settings.insecure_skip_verify;
  const auto store = store_for(settings);
  if (!store) return tl::make_unexpected(store.error());
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr) return tl::make_unexpected(openssl_error());
  out->context_ = context;
  SSL_CTX_set_cert_store(context, *store);
  verify_with(context, *out->chains_);
  watch_verification(context);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // A server may ask for the client's certificate when it knows what is requested (TLS 1.3): curl and browsers let it.
  SSL_CTX_set_post_handshake_auth(context, 1);
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  const int min_version = settings.min_version != 0 ? settings.min_version : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context, min_version);
  SSL_CTX_set_max_proto_version(context, settings.max_version);
  if (settings.allow_legacy_renegotiation) SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  // The order of Go's clients, so that servers choose what they choose for blackbox_exporter; it is the cheapest first.
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  SSL_CTX_set_cipher_list(context,
                          "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                          "ECDHE-RSA-AES256-GCM-SHA384:ALL:!COMPLEMENTOFDEFAULT:!eNULL");
  // TLS 1.0 and 1.1 sign with SHA-1, which the default security level forbids.
  if (min_version < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
  if (auto error = use_client_certificate(context, settings); !error.empty()) return tl::make_unexpected(error);
  return out;
}

TlsMaterial::~TlsMaterial() {
  SSL_CTX_free(context_);
}

TlsProfile::TlsProfile(TlsSettings settings)
    : settings_(std::move(settings)), stamps_(file_stamps()), material_(TlsMaterial::load(settings_)) {}

tl::expected<TlsMaterialPtr, std::string> TlsProfile::material() const {
  const std::lock_guard lock(mutex_);
  return material_;
}

std::string TlsProfile::file_stamps() const {
  std::string out;
  const bool system = settings_.ca.empty() && settings_.ca_file.empty();
  for (const auto& path :
       {system ? std::string(kSystemBundle) : settings_.ca_file, settings_.cert_file, settings_.key_file}) {
    struct stat info{};
    if (path.empty() || ::stat(path.c_str(), &info) != 0) {
      out += "-;";
    } else {
      out += fmt::format("{}.{}/{}/{};", info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino);
    }
  }
  return out;
}

std::string TlsProfile::refresh() {
  auto stamps = file_stamps();
  if (stamps == stamps_) return {};
  stamps_ = std::move(stamps);
  auto loaded = TlsMaterial::load(settings_);
  const std::lock_guard lock(mutex_);
  if (loaded || !material_) {
    material_ = std::move(loaded);
    return material_ ? std::string() : material_.error();
  }
  return loaded.error();
}

namespace {

/// To make a profile is to read all authorities of the machine: the last ones used outlive their users, for a scenario
/// whose settings are made anew for each run.
constexpr std::size_t kMaxKept = 64;

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<TlsProfile>> profiles;
  std::deque<TlsProfilePtr> kept;
};

/// Trust stores are facts of the machine, so the process has one registry of them.
Registry& registry() {
  static Registry instance;
  return instance;
}

std::string key_of(const TlsSettings& s) {
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", s.insecure_skip_verify, s.ca_file, s.ca, s.cert_file,
                     s.cert, s.key_file, s.key.reveal().value_or(""), s.key_passphrase, s.min_version, s.max_version,
                     s.allow_legacy_renegotiation);
}

}  // namespace

TlsClient::TlsClient(const TlsSettings& settings)
    : name_(settings.server_name),
      names_files_(!settings.ca_file.empty() || !settings.cert_file.empty() || !settings.key_file.empty()) {
  auto& known = registry();
  const std::lock_guard lock(known.mutex);
  auto& slot = known.profiles[key_of(settings)];
  profile_ = slot.lock();
  if (!profile_) {
    profile_ = std::make_shared<TlsProfile>(settings);
    slot = profile_;
  }
  std::erase(known.kept, profile_);
  known.kept.push_back(profile_);
  if (known.kept.size() > kMaxKept) known.kept.pop_front();
}

std::vector<std::string> refresh_tls_profiles() {
  auto& known = registry();
  std::vector<TlsProfilePtr> all;
  std::set<TlsProfilePtr> unused;
  {
    const std::lock_guard lock(known.mutex);
    std::erase_if(known.profiles, [](const auto& entry) { return entry.second.expired(); });
    for (const auto& [key, profile] : known.profiles) {
      if (auto held = profile.lock()) all.push_back(std::move(held));
    }
    // Held by the registry and by the list above alone.
    for (const auto& kept : known.kept) {
      if (kept.use_count() == 2) unused.insert(kept);
    }
  }
  std::vector<std::string> problems;
  for (const auto& profile : all) {
    auto problem = profile->refresh();
    if (problem.empty()) continue;
    // Whoever asks for it next hears what is wrong.
    if (unused.contains(profile)) {
      const std::lock_guard lock(known.mutex);
      std::erase(known.kept, profile);
    } else {
      problems.push_back(std::move(problem));
    }
  }
  return problems;
}

}  // namespace vedette::net
