#include "base/digests.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/ascii.hpp"

namespace vedette {

namespace {

const EVP_MD* algorithm_of(std::string_view name) {
  if (name == "md5") return EVP_md5();
  if (name == "sha1") return EVP_sha1();
  if (name == "sha256") return EVP_sha256();
  if (name == "sha384") return EVP_sha384();
  if (name == "sha512") return EVP_sha512();
  return nullptr;
}

using Buffer = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string text_of(const Buffer& buffer, unsigned size) {
  return {reinterpret_cast<const char*>(buffer.data()), size};
}

}  // namespace

std::optional<std::string> digest_of(std::string_view algorithm, std::string_view bytes) {
  const auto* kind = algorithm_of(algorithm);
  if (kind == nullptr) return std::nullopt;
  Buffer out{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr);
  return text_of(out, size);
}

std::optional<std::string> hmac_of(std::string_view algorithm, std::string_view key, std::string_view bytes) {
  const auto* kind = algorithm_of(algorithm);
  if (kind == nullptr) return std::nullopt;
  Buffer out{};
  unsigned size = 0;
  HMAC(kind, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), out.data(), &size);
  return text_of(out, size);
}

std::optional<std::string> decode_base32(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr unsigned kBits = 5;
  std::string out;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : upper_case(text)) {
    if (c == ' ' || c == '-' || c == '=') continue;
    const auto value = kLetters.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << kBits) | static_cast<unsigned>(value);
    bits += kBits;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((held >> bits) & 0xffU);
      held &= (1U << bits) - 1;
    }
  }
  return out;
}

std::optional<std::string> totp_of(std::string_view key, std::int64_t unix_seconds, int digits, std::int64_t period,
                                   std::string_view algorithm) {
  auto counter = static_cast<std::uint64_t>(unix_seconds / period);
  std::string message(8, '\0');
  for (std::size_t i = message.size(); i-- > 0; counter >>= 8U) message[i] = static_cast<char>(counter & 0xffU);
  const auto code = hmac_of(algorithm, key, message);
  if (!code) return std::nullopt;
  // RFC 4226 section 5.3.
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>((*code)[i])); };
  const auto at = byte(code->size() - 1) & 15U;
  const auto number = (byte(at) & 0x7fU) << 24U | byte(at + 1) << 16U | byte(at + 2) << 8U | byte(at + 3);
  std::uint64_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  return fmt::format("{:0{}}", number % modulus, digits);
}

}  // namespace vedette
