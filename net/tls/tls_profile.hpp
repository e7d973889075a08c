#pragma once

// One TLS profile: an SSL_CTX and a trust store, made once for all checks with equal settings and shared by all shards.
// Files are read when the profile is made and again by refresh_tls_profiles() when they changed, never inside a run.
// Thread-safe: a run takes a snapshot and keeps it to its end.

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "net/tls/chain_cache.hpp"
#include "net/tls/tls_settings.hpp"

namespace vedette::net {

/// What a handshake needs, loaded and immutable.
class TlsMaterial {
 public:
  /// Loads everything `settings` names; the error says which file is wrong and why.
  static tl::expected<std::shared_ptr<const TlsMaterial>, std::string> load(const TlsSettings& settings);
  ~TlsMaterial();
  TlsMaterial(const TlsMaterial&) = delete;
  TlsMaterial& operator=(const TlsMaterial&) = delete;

  [[nodiscard]] SSL_CTX* context() const { return context_; }
  [[nodiscard]] bool verifies() const { return verifies_; }
  /// Chains that were verified against this material's authorities.
  [[nodiscard]] const ChainCache& chains() const { return *chains_; }

 private:
  TlsMaterial() = default;

  SSL_CTX* context_ = nullptr;
  bool verifies_ = true;
  std::unique_ptr<ChainCache> chains_ = std::make_unique<ChainCache>();
};

using TlsMaterialPtr = std::shared_ptr<const TlsMaterial>;

class TlsProfile {
 public:
  explicit TlsProfile(TlsSettings settings);

  /// The material now in force, or why there is none.
  [[nodiscard]] tl::expected<TlsMaterialPtr, std::string> material() const;

  /// Loads again when a file changed. A bad file leaves the old material in force; returns what was wrong with it.
  std::string refresh();

 private:
  [[nodiscard]] std::string file_stamps() const;

  const TlsSettings settings_;
  std::string stamps_;
  mutable std::mutex mutex_;
  tl::expected<TlsMaterialPtr, std::string> material_;
};

using TlsProfilePtr = std::shared_ptr<TlsProfile>;

/// What a check says about TLS: the profile, which all with equal settings share, and the name, which is its own.
class TlsClient {
 public:
  /// No TLS at all.
  TlsClient() = default;
  /// Shares the profile of equal settings; the last ones used are kept for a while. Settings that differ in the name
  /// are equal.
  explicit TlsClient(const TlsSettings& settings);

  explicit operator bool() const { return profile_ != nullptr; }
  [[nodiscard]] tl::expected<TlsMaterialPtr, std::string> material() const { return profile_->material(); }
  /// Whether the settings name a file of their own.
  [[nodiscard]] bool names_files() const { return names_files_; }
  /// The name to ask for and to verify: the settings' own, else `host`.
  [[nodiscard]] const std::string& name_for(const std::string& host) const { return name_.empty() ? host : name_; }

 private:
  TlsProfilePtr profile_;
  std::string name_;
  bool names_files_ = false;
};

/// Looks at the files of all profiles; returns a line for each in use that could not be loaded anew.
std::vector<std::string> refresh_tls_profiles();

}  // namespace vedette::net
