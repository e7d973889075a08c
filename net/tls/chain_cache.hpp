#pragma once

// Certificate chains that OpenSSL has verified against one trust store. Most checks see the same chain every time, and
// building and verifying it again takes a quarter of a handshake.
//
// What is remembered is what does not depend on the moment or on who asks: that these very certificates, in this order,
// lead to an authority of the store and keep all its rules. What does depend on them is checked every time: the name,
// and that every certificate of the built chain is valid now. The peer's proof that it holds the key is no business of
// the chain and never skipped. Only successes are remembered. A store that has changed comes with a new cache.

#include <openssl/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace vedette::net {

class ChainCache {
 public:
  using Time = std::chrono::system_clock::time_point;

  explicit ChainCache(std::function<Time()> now = &std::chrono::system_clock::now) : now_(std::move(now)) {}

  /// When a chain is valid: from the latest begin of its certificates to the earliest end.
  struct Validity {
    Time from;
    Time until;
  };

  /// Verifies what `context` is about, with or without OpenSSL's help. Returns as X509_verify_cert() does; `validity`
  /// is set when the chain was verified without an error. `name` is the host name or address that must be in the leaf;
  /// `errors` is where the context's callback writes those that it lets pass.
  int verify(X509_STORE_CTX* context, const std::string& name, const std::vector<int>& errors,
             std::optional<Validity>& validity);

  [[nodiscard]] std::size_t hits() const;
  [[nodiscard]] std::size_t size() const;

 private:
  /// Digests of the certificates as they were presented, and the rules that were applied to them.
  using Key = std::string;

  std::optional<Validity> find(const Key& key);
  void keep(Key key, const Validity& validity);

  const std::function<Time()> now_;
  mutable std::mutex mutex_;
  std::map<Key, Validity> verified_;
  std::size_t hits_ = 0;
};

}  // namespace vedette::net
