#include "net/tls/tls_settings.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <array>

#include "config/mapping.hpp"

namespace vedette::net {

namespace {

void read_version(config::Mapping& section, std::string_view key, int& out) {
  constexpr std::array<std::string_view, 4> kNames{"TLS10", "TLS11", "TLS12", "TLS13"};
  constexpr std::array<int, 4> kVersions{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  std::string text;
  if (!section.read_choice(key, text, kNames)) return;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) out = kVersions[i];
  }
}

void read_file_name(config::Mapping& section, std::string_view key, std::string& out) {
  if (!section.read(key, out) || out.empty()) return;
  if (::access(out.c_str(), R_OK) != 0) {
    section.warning(key, fmt::format("{} cannot be read now", out), "runs are `unknown` until it can be");
  }
}

void refuse_both(const config::Mapping& section, std::string_view a, std::string_view b) {
  if (section.has(a) && section.has(b)) section.error(b, fmt::format("{} and {} exclude each other", a, b));
}

}  // namespace

TlsSettings decode_tls_settings(config::Mapping& section) {
  TlsSettings out;
  section.read("insecure_skip_verify", out.insecure_skip_verify);
  read_file_name(section, "ca_file", out.ca_file);
  section.read("ca", out.ca);
  read_file_name(section, "cert_file", out.cert_file);
  section.read("cert", out.cert);
  read_file_name(section, "key_file", out.key_file);
  section.read("key", out.key);
  section.read("server_name", out.server_name);
  read_version(section, "min_version", out.min_version);
  read_version(section, "max_version", out.max_version);
  section.read("allow_legacy_renegotiation", out.allow_legacy_renegotiation);
  for (const auto* reference : {"ca_ref", "cert_ref", "key_ref"}) {
    if (section.take(reference)) {
      section.unusable(reference, fmt::format("{} needs a secret manager, and there is none", reference));
    }
  }
  refuse_both(section, "ca", "ca_file");
  refuse_both(section, "cert", "cert_file");
  refuse_both(section, "key", "key_file");
  const bool has_cert = !out.cert.empty() || !out.cert_file.empty();
  const bool has_key = !out.key.empty() || !out.key_file.empty();
  if (has_cert != has_key) {
    section.error(has_cert ? "cert_file" : "key_file", "a client certificate needs both a certificate and a key",
                  "give cert_file and key_file, or cert and key");
  }
  if (out.min_version != 0 && out.max_version != 0 && out.max_version < out.min_version) {
    section.warning("max_version", "max_version is below min_version: no handshake can succeed");
  }
  section.finish();
  return out;
}

}  // namespace vedette::net
