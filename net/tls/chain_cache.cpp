#include "net/tls/chain_cache.hpp"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

#include "net/tls/certificate.hpp"
#include "net/tls/tls_name.hpp"

namespace vedette::net {

namespace {

constexpr std::size_t kMaxChains = 4096;
constexpr int kMaxCertificates = 16;

std::string key_of(X509_STORE_CTX* context) {
  auto* rules = X509_STORE_CTX_get0_param(context);
  auto out = fmt::format("{} {} {} ", X509_VERIFY_PARAM_get_flags(rules), X509_VERIFY_PARAM_get_auth_level(rules),
                         X509_VERIFY_PARAM_get_depth(rules));
  const auto* presented = X509_STORE_CTX_get0_untrusted(context);
  const int count = sk_X509_num(presented);
  if (count < 1 || count > kMaxCertificates || sk_X509_value(presented, 0) != X509_STORE_CTX_get0_cert(context)) {
    return {};
  }
  for (int i = 0; i < count; ++i) {
    const auto digest = digest_of(sk_X509_value(presented, i));
    out.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  }
  return out;
}

std::optional<ChainCache::Validity> validity_of(const STACK_OF(X509) * chain) {
  std::optional<ChainCache::Validity> out;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    const auto from = not_before_of(sk_X509_value(chain, i));
    const auto until = not_after_of(sk_X509_value(chain, i));
    if (!out) out = {from, until};
    out->from = std::max(out->from, from);
    out->until = std::min(out->until, until);
  }
  return out;
}

}  // namespace

std::optional<ChainCache::Validity> ChainCache::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = verified_.find(key);
  if (found == verified_.end()) return std::nullopt;
  return found->second;
}

void ChainCache::keep(Key key, const Validity& validity) {
  const std::lock_guard lock(mutex_);
  if (verified_.size() >= kMaxChains) verified_.clear();
  verified_.insert_or_assign(std::move(key), validity);
}

std::size_t ChainCache::hits() const {
  const std::lock_guard lock(mutex_);
  return hits_;
}

std::size_t ChainCache::size() const {
  const std::lock_guard lock(mutex_);
  return verified_.size();
}

int ChainCache::verify(X509_STORE_CTX* context, const std::string& name, const std::vector<int>& errors,
                       std::optional<Validity>& validity) {
  validity.reset();
  auto key = name.empty() ? Key() : key_of(context);
  if (!key.empty()) {
    const auto known = find(key);
    const auto now = now_();
    if (known && now >= known->from && now < known->until && is_for(X509_STORE_CTX_get0_cert(context), name)) {
      X509_STORE_CTX_set_error(context, X509_V_OK);
      validity = known;
      const std::lock_guard lock(mutex_);
      ++hits_;
      return 1;
    }
  }
  // Whatever is wrong, OpenSSL finds it, and its words are the ones that are reported.
  const int answer = X509_verify_cert(context);
  if (answer == 1 && errors.empty() && X509_STORE_CTX_get_error(context) == X509_V_OK) {
    validity = validity_of(X509_STORE_CTX_get0_chain(context));
    if (validity && !key.empty()) keep(std::move(key), *validity);
  }
  return answer;
}

}  // namespace vedette::net
