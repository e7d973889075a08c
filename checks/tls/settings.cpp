#include "checks/tls/settings.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/hex.hpp"
#include "config/mapping.hpp"
#include "net/addresses/target.hpp"
#include "net/starttls/starttls.hpp"

namespace vedette::tls {

namespace {

constexpr std::size_t kDigestBytes = 32;

/// A pin as people write it: hex, hex with colons, or base64 with or without `sha256/` before it.
std::optional<std::string> parse_pin(std::string_view text) {
  std::string hex;
  for (const char c : text) {
    if (c != ':') hex += c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  }
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hex.size() == 2 * kDigestBytes && std::all_of(hex.begin(), hex.end(), is_hex)) return hex;
  for (const std::string_view prefix : {"sha256//", "sha256/"}) {
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      break;
    }
  }
  constexpr std::size_t kEncoded = 44;
  if (text.size() != kEncoded) return std::nullopt;
  unsigned char digest[kDigestBytes + 1];
  if (EVP_DecodeBlock(digest, reinterpret_cast<const unsigned char*>(text.data()), kEncoded) != kDigestBytes + 1) {
    return std::nullopt;
  }
  return to_hex(digest, kDigestBytes);
}

void read_alpn(config::Mapping& section, TlsCheckSettings& out) {
  constexpr std::size_t kMaxLength = 255;
  if (!section.read("alpn", out.alpn)) return;
  for (const auto& name : out.alpn) {
    if (name.empty() || name.size() > kMaxLength) section.error("alpn", fmt::format("'{}' is not an ALPN name", name));
  }
}

void read_pins(config::Mapping& section, TlsCheckSettings& out) {
  std::vector<std::string> pins;
  section.read("pinned_keys", pins);
  for (const auto& text : pins) {
    if (auto pin = parse_pin(text)) {
      out.pins.push_back(std::move(*pin));
    } else {
      section.error(
          "pinned_keys", fmt::format("'{}' is not a SHA-256 digest of a public key", text),
          "write 64 hex digits or sha256/ and 44 characters of base64; `vedette tls HOST:PORT` shows the key's");
    }
  }
}

void read_key_sizes(config::Mapping& section, TlsCheckSettings& out) {
  auto sizes = section.take_mapping("min_key_bits");
  if (!sizes) return;
  constexpr std::int64_t kMaxBits = 16384;
  std::int64_t bits = 0;
  if (sizes->read_integer("rsa", bits, 0, kMaxBits)) out.min_rsa_bits = static_cast<int>(bits);
  if (sizes->read_integer("ec", bits, 0, kMaxBits)) out.min_ec_bits = static_cast<int>(bits);
  sizes->finish();
}

}  // namespace

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<TlsCheckSettings>();
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  out->tls = net::TlsClient(tls);
  read_alpn(section, *out);
  section.read_choice("starttls", out->starttls, net::starttls_protocols());
  out->address = net::decode_address_settings(section);
  out->days_left = decode_days_left(section);
  section.read("names", out->names);
  read_pins(section, *out);
  read_key_sizes(section, *out);
  out->lines = language::decode_expectations(section, kVocabulary);
  section.finish();
  return out;
}

std::optional<std::string> check_target(const std::string& target, const Settings& settings) {
  const auto& own = static_cast<const TlsCheckSettings&>(settings);
  const auto port = own.starttls.empty() ? 443 : net::starttls_port(own.starttls);
  if (net::split_host_port(target, port)) return std::nullopt;
  return "it is not host[:port]";
}

}  // namespace vedette::tls
