#include "scenarios/http/pinned_keys.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/ascii.hpp"
#include "base/digests.hpp"
#include "base/hex.hpp"
#include "config/secret.hpp"
#include "language/filters/filters.hpp"

namespace vedette::scenarios {

namespace {

constexpr std::string_view kPrefix = "sha256//";
constexpr std::size_t kDigest = 32;                         // bytes of a SHA-256
constexpr std::size_t kLargestKey = std::size_t{64} << 10;  // bytes of a file with a public key

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

Key read_key(const std::string& text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                      &BIO_free);
  // An empty passphrase rather than none: OpenSSL would otherwise ask for one on the terminal.
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, const_cast<char*>("")));
  if (!key) {
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    key.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(text.size())));
  }
  ERR_clear_error();
  return key;
}

tl::expected<std::string, std::string> digest_of_file(const std::string& path) {
  const auto text = config::read_small_file(path, kLargestKey);
  if (!text) return tl::make_unexpected(text.error());
  const auto key = read_key(*text);
  if (!key) return tl::make_unexpected(fmt::format("{} holds no public key, in PEM or DER form", path));
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key.get(), &bytes);
  const std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return to_hex(*digest_of("sha256", der));
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> pinned_keys(const std::string& written) {
  std::vector<std::string> out;
  if (!written.starts_with(kPrefix)) {
    auto digest = digest_of_file(written);
    if (!digest) return tl::make_unexpected(std::move(digest.error()));
    out.push_back(std::move(*digest));
    return out;
  }
  for (const auto& pin : split(written, ';')) {
    const auto decoded = pin.starts_with(kPrefix)
                             ? language::base64_decode(language::Value(std::string(pin.substr(kPrefix.size()))), {})
                             : tl::make_unexpected(std::string());
    const auto* bytes = decoded ? (*decoded)->get<language::Bytes>() : nullptr;
    if (bytes == nullptr || bytes->data.size() != kDigest) {
      return tl::make_unexpected(fmt::format("{} is no pinned key: sha256//BASE64, or a file with the key", pin));
    }
    out.push_back(to_hex(bytes->data));
  }
  return out;
}

}  // namespace vedette::scenarios
