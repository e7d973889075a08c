#include "checks/http/digest_auth.hpp"

#include <fmt/format.h>

#include <map>

#include "base/ascii.hpp"
#include "base/digests.hpp"
#include "base/hex.hpp"

namespace vedette::http {

namespace {

using Parameters = std::map<std::string, std::string>;

/// `name=value, name="value"`
Parameters parameters_of(std::string_view text) {
  Parameters out;
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) break;
    auto name = lower_case(trim(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    std::string value;
    if (text.starts_with('"')) {
      text.remove_prefix(1);
      while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
        value += text.front();
        text.remove_prefix(1);
      }
    } else {
      const auto plain = text.substr(0, text.find(','));
      value = trim(plain);
    }
    const auto comma = text.find(',');
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    out.emplace(std::move(name), std::move(value));
  }
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// How the answer protects the request: `auth` where the server offers it, else `auth-int`, with the body; empty for a
/// server that knows neither (RFC 2069). Nothing when it offers only what we do not know.
std::optional<std::string> protection(const std::string& offered) {
  if (trim(offered).empty()) return std::string();
  bool whole = false;
  for (const auto option : split(offered, ',')) {
    const auto name = trim(option);
    if (same_ignoring_case(name, "auth")) return "auth";
    whole = whole || same_ignoring_case(name, "auth-int");
  }
  return whole ? std::optional<std::string>("auth-int") : std::nullopt;
}

std::optional<std::string> answer(const Parameters& challenge, const DigestRequest& request) {
  const auto get = [&](const char* name) {
    const auto found = challenge.find(name);
    return found == challenge.end() ? std::string() : found->second;
  };
  const auto algorithm = get("algorithm");
  auto base = lower_case(algorithm.empty() ? "md5" : algorithm);
  const bool session = base.ends_with("-sess");
  if (session) base.resize(base.size() - 5);
  const std::string_view digest = base == "md5" ? "md5" : base == "sha-256" ? "sha256" : "";
  if (digest.empty()) return std::nullopt;
  const auto hash = [&](const std::string& text) { return to_hex(*digest_of(digest, text)); };
  const auto realm = get("realm");
  const auto nonce = get("nonce");
  const auto qop = protection(get("qop"));
  if (!qop) return std::nullopt;
  constexpr std::string_view kCount = "00000001";
  auto secret = hash(fmt::format("{}:{}:{}", request.user, realm, request.password));
  if (session) secret = hash(fmt::format("{}:{}:{}", secret, nonce, request.cnonce));
  const auto what = hash(request.method + ":" + request.target + (*qop == "auth-int" ? ":" + hash(request.body) : ""));
  const auto response = qop->empty()
                            ? hash(fmt::format("{}:{}:{}", secret, nonce, what))
                            : hash(fmt::format("{}:{}:{}:{}:{}:{}", secret, nonce, kCount, request.cnonce, *qop, what));
  auto out = fmt::format("Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"", quoted(request.user),
                         quoted(realm), quoted(nonce), quoted(request.target), response);
  if (!algorithm.empty()) out += ", algorithm=" + algorithm;
  if (!qop->empty()) out += fmt::format(", cnonce={}, nc={}, qop={}", quoted(request.cnonce), kCount, *qop);
  if (const auto opaque = get("opaque"); !opaque.empty()) out += ", opaque=" + quoted(opaque);
  return out;
}

}  // namespace

std::optional<std::string> digest_authorization(const std::vector<std::string>& challenges,
                                                const DigestRequest& request) {
  constexpr std::string_view kScheme = "digest ";
  std::optional<std::string> weaker;
  for (const auto& challenge : challenges) {
    if (!lower_case(challenge).starts_with(kScheme)) continue;
    const auto parameters = parameters_of(std::string_view(challenge).substr(kScheme.size()));
    auto answered = answer(parameters, request);
    if (!answered) continue;
    const auto algorithm = parameters.find("algorithm");
    const bool strong = algorithm != parameters.end() && lower_case(algorithm->second).starts_with("sha");
    if (strong) return answered;
    if (!weaker) weaker = std::move(answered);
  }
  return weaker;
}

}  // namespace vedette::http
