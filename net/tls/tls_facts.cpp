#include "net/tls/tls_facts.hpp"

#include <fmt/format.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <memory>

#include "base/rfc3339.hpp"

namespace vedette::net {

namespace {

std::string version_text(int version) {
  switch (version) {
    case TLS1_VERSION:
      return "TLS 1.0";
    case TLS1_1_VERSION:
      return "TLS 1.1";
    case TLS1_2_VERSION:
      return "TLS 1.2";
    case TLS1_3_VERSION:
      return "TLS 1.3";
    default:
      return "unknown";
  }
}

std::string ocsp_text(SSL* ssl) {
  const unsigned char* staple = nullptr;
  // What the macro SSL_get_tlsext_status_ocsp_resp() stands for, with the cast spelt out.
  const auto size = SSL_ctrl(ssl, SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0, static_cast<void*>(&staple));
  if (staple == nullptr || size <= 0) return "none";
  const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response(
      d2i_OCSP_RESPONSE(nullptr, &staple, size), &OCSP_RESPONSE_free);
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return "unreadable";
  const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic(OCSP_response_get1_basic(response.get()),
                                                                              &OCSP_BASICRESP_free);
  if (!basic || OCSP_resp_count(basic.get()) < 1) return "unreadable";
  switch (OCSP_single_get0_status(OCSP_resp_get0(basic.get(), 0), nullptr, nullptr, nullptr, nullptr)) {
    case V_OCSP_CERTSTATUS_GOOD:
      return "good";
    case V_OCSP_CERTSTATUS_REVOKED:
      return "revoked";
    default:
      return "unknown";
  }
}

}  // namespace

TlsFacts facts_of_chain(const STACK_OF(X509) * chain) {
  TlsFacts out;
  for (int i = 0; i < sk_X509_num(chain); ++i) out.chain.push_back(shared_certificate(sk_X509_value(chain, i)));
  return out;
}

TlsFacts facts_of(const SSL* connection) {
  // OpenSSL's getters want a plain pointer though they change nothing.
  auto* ssl = const_cast<SSL*>(connection);
  TlsFacts out = facts_of_chain(SSL_get_peer_cert_chain(ssl));
  out.version = version_text(SSL_version(ssl));
  const auto* cipher = SSL_get_current_cipher(ssl);
  const char* cipher_name = cipher != nullptr ? SSL_CIPHER_standard_name(cipher) : nullptr;
  out.cipher = cipher_name != nullptr ? cipher_name : "";
  const auto group = SSL_get_negotiated_group(ssl);
  const char* group_name = group != 0 ? SSL_group_to_name(ssl, static_cast<int>(group)) : nullptr;
  out.group = group_name != nullptr ? group_name : "";
  const unsigned char* alpn = nullptr;
  unsigned int alpn_size = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
  if (alpn_size > 0) out.alpn.assign(reinterpret_cast<const char*>(alpn), alpn_size);
  out.ocsp = ocsp_text(ssl);
  return out;
}

std::optional<std::chrono::system_clock::time_point> earliest_expiry(const TlsFacts& facts) {
  const auto first = std::min_element(facts.chain.begin(), facts.chain.end(),
                                      [](const auto& a, const auto& b) { return a->not_after < b->not_after; });
  if (first == facts.chain.end()) return std::nullopt;
  return (*first)->not_after;
}

boost::json::object to_json(const TlsFacts& facts) {
  boost::json::object out;
  if (!facts.version.empty()) {
    out = {{"version", facts.version},
           {"cipher", facts.cipher},
           {"group", facts.group},
           {"alpn", facts.alpn},
           {"ocsp_staple", facts.ocsp}};
  }
  boost::json::array chain;
  for (const auto& certificate : facts.chain) chain.emplace_back(to_json(*certificate));
  out["certificates"] = std::move(chain);
  if (facts.verified_until) out["verified_chain_not_after"] = rfc3339(*facts.verified_until);
  return out;
}

}  // namespace vedette::net
