#include "probe/web_gate.hpp"

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "exporters/log.hpp"
#include "probe/config_loader.hpp"

namespace vedette {

namespace {

constexpr std::size_t kMostKnown = 100;
/// Of no password: an unknown user must not be answered sooner than a wrong password.
constexpr const char* kNobody = "$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

std::string sha256(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return {};
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

bool is_password(const std::string& password, const std::string& hash) {
  crypt_data data{};
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), &data);
  if (made == nullptr) return false;
  const std::string_view text(made);
  return text.size() == hash.size() && CRYPTO_memcmp(text.data(), hash.data(), hash.size()) == 0;
}

}  // namespace

WebGate::WebGate(std::string path) : path_(std::move(path)) {
  config::Diagnostics diagnostics;
  auto loaded = load_web_config(path_, diagnostics);
  for (const auto& diagnostic : diagnostics.sorted()) {
    if (diagnostic.severity == config::Severity::kWarning)
      log::warn(diagnostic.message, {{"file", diagnostic.place.text()}});
  }
  if (!loaded) throw std::runtime_error("the web configuration has errors:\n" + render_all(diagnostics, false));
  config_ = std::move(*loaded);
  tokens_ = static_cast<double>(config_.rate_burst);
  stamps_ = stamps();
}

std::string WebGate::stamps() const {
  std::string out;
  for (const auto& file : config_.files) {
    struct stat info{};
    if (::stat(file.c_str(), &info) != 0) continue;
    out += fmt::format("{} {}.{} {} {};", file, info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_size, info.st_ino);
  }
  return out;
}

void WebGate::refresh() {
  if (path_.empty()) return;
  auto now = stamps();
  if (now == stamps_) return;
  stamps_ = std::move(now);
  config::Diagnostics diagnostics;
  auto loaded = load_web_config(path_, diagnostics);
  if (!loaded) {
    log::error("the changed web configuration was not read; the old one stays in force",
               {{"errors", fmt::format("{}", diagnostics.errors())}, {"first", diagnostics.first_error()}});
    return;
  }
  log::info("web configuration in force", {{"file", path_}});
  config_ = std::move(*loaded);
  stamps_ = stamps();
  known_.clear();
}

bool WebGate::knows(const std::string& authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (!authorization.starts_with(kScheme)) return false;
  const auto pair = base64_decoded(std::string_view(authorization).substr(kScheme.size()));
  const auto colon = pair.find(':');
  if (colon == std::string::npos || pair.find('\0') != std::string::npos) return false;
  const auto found = config_.users.find(pair.substr(0, colon));
  const auto digest = sha256(pair);
  if (found != config_.users.end() && known_.contains(digest)) return true;
  const bool right = is_password(pair.substr(colon + 1), found == config_.users.end() ? kNobody : found->second);
  if (!right || found == config_.users.end()) return false;
  if (known_.size() >= kMostKnown) known_.clear();
  known_.insert(digest);
  return true;
}

bool WebGate::within_rate() {
  if (config_.rate_interval <= config::Duration::zero()) return true;
  const auto now = std::chrono::steady_clock::now();
  const auto passed =
      std::chrono::duration<double>(now - refilled_) / std::chrono::duration<double>(config_.rate_interval);
  refilled_ = now;
  tokens_ = std::min(static_cast<double>(std::max<std::int64_t>(1, config_.rate_burst)), tokens_ + passed);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

std::optional<WebResponse> WebGate::refuse(const WebRequest& request) {
  refresh();
  if (!within_rate()) return WebResponse{429, "text/plain; charset=utf-8", "Too Many Requests\n", {}};
  if (config_.users.empty() || knows(request.authorization)) return std::nullopt;
  return WebResponse{401, "text/plain; charset=utf-8", "Unauthorized\n", {{"WWW-Authenticate", "Basic"}}};
}

}  // namespace vedette
