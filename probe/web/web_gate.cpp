#include "probe/web/web_gate.hpp"

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <stdexcept>

#include "base/base64.hpp"
#include "exporters/log/log.hpp"
#include "net/io/event.hpp"
#include "probe/config/config_loader.hpp"

namespace vedette {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxKnown = 100;
/// Wrong passwords in a row that an address has; then one for each kForgiven.
constexpr double kMaxFailures = 5;
constexpr std::chrono::seconds kForgiven{10};
constexpr std::size_t kMaxAddresses = 4096;
/// Passwords that wait to be compared.
constexpr std::size_t kMaxWaiting = 8;
/// bcrypt looks at no more.
constexpr std::size_t kLongestPassword = 72;

std::string sha256(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// The power of two that a bcrypt hash costs: `$2b$12$…` is 12.
int cost_of(const std::string& hash) {
  int cost = 0;
  const auto begin = hash.find('$', 1);
  if (begin != std::string::npos) std::from_chars(hash.data() + begin + 1, hash.data() + hash.size(), cost);
  return cost;
}

/// A hash of no password.
std::string nobody(int cost) {
  return fmt::format("$2b${:02}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", cost);
}

bool is_password(const std::string& password, const std::string& hash) {
  crypt_data data{};
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), &data);
  if (made == nullptr) return false;
  const std::string_view text(made);
  return text.size() == hash.size() && CRYPTO_memcmp(text.data(), hash.data(), hash.size()) == 0;
}

/// Compares, and takes as long for every user, known or not, as for the one whose hash costs the most: who is there
/// must not be told from the time.
bool is_right(const std::string& password, const std::string& hash, int max_cost) {
  const auto cost = hash.empty() ? max_cost : cost_of(hash);
  const bool right = is_password(password, hash.empty() ? nobody(max_cost) : hash) && !hash.empty();
  // 2^c + 2^c + 2^(c+1) + … + 2^(m-1) = 2^m
  for (int more = cost; !right && more < max_cost; ++more) is_password(password, nobody(more));
  return right;
}

/// Who counts as one: an IPv6 network is a single customer's.
std::string source_of(const std::string& client) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client, error);
  if (error || address.is_v4() || address.to_v6().is_v4_mapped()) return client;
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes).to_string();
}

WebResponse unauthorized() {
  return {401, "text/plain; charset=utf-8", "Unauthorized\n", {{"WWW-Authenticate", "Basic"}}};
}

WebResponse too_many(std::string text) {
  return {429, "text/plain; charset=utf-8", std::move(text), {{"Retry-After", "10"}}};
}

}  // namespace

WebGate::WebGate(const asio::any_io_executor& home, std::string path)
    : path_(std::move(path)), home_(home), hasher_(std::make_unique<Workers>(1, kMaxWaiting)) {
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

std::optional<WebGate::Pair> WebGate::pair_of(const std::string& authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  auto pair = decode_base64(std::string_view(authorization).substr(kScheme.size())).value_or("");
  const auto colon = pair.find(':');
  if (colon == std::string::npos || pair.find('\0') != std::string::npos) return std::nullopt;
  return Pair{pair.substr(0, colon), pair.substr(colon + 1, kLongestPassword), sha256(pair)};
}

bool WebGate::may_try(const std::string& client) {
  const auto now = std::chrono::steady_clock::now();
  const auto known = attempts_.find(client);
  if (known == attempts_.end()) return true;
  auto& attempts = known->second;
  const auto forgiven = std::chrono::duration<double>(now - attempts.at) / std::chrono::duration<double>(kForgiven);
  attempts.failures = std::max(0.0, attempts.failures - forgiven);
  attempts.at = now;
  return !attempts.trying && attempts.failures < kMaxFailures;
}

void WebGate::begin_try(const std::string& client) {
  const auto [place, fresh] = attempts_.try_emplace(client);
  if (fresh) place->second.at = std::chrono::steady_clock::now();
  place->second.trying = true;
  if (attempts_.size() <= kMaxAddresses) return;
  // With as many addresses as that, each has little more than one try.
  const auto min = std::min_element(attempts_.begin(), attempts_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.trying, a.second.failures) < std::pair(b.second.trying, b.second.failures);
  });
  attempts_.erase(min);
}

struct WebGate::Trial {
  std::string hash;
  bool done = false;
  bool right = false;
  std::vector<net::Event*> waiting{};
};

/// The file may have changed while the password was compared.
bool WebGate::is_hash_of(const std::string& user, const std::string& hash) const {
  const auto found = config_.users.find(user);
  return found != config_.users.end() && found->second == hash;
}

asio::awaitable<bool> WebGate::wait_for(std::shared_ptr<Trial> trial) {
  net::Event ended(home_);
  trial->waiting.push_back(&ended);
  if (!trial->done) co_await ended.wait();
  co_return trial->right;
}

asio::awaitable<std::optional<WebResponse>> WebGate::refuse_unknown(Pair pair, std::string client) {
  if (const auto goes_on = trials_.find(pair.digest); goes_on != trials_.end()) {
    const auto trial = goes_on->second;
    const bool right = co_await wait_for(trial);
    if (right && is_hash_of(pair.user, trial->hash)) co_return std::nullopt;
    co_return unauthorized();
  }
  client = source_of(client);
  if (!may_try(client)) co_return too_many("Too many wrong passwords from this address\n");
  const auto found = config_.users.find(pair.user);
  const auto hash = found == config_.users.end() ? std::string() : found->second;
  int max_cost = 0;
  for (const auto& [user, other] : config_.users) max_cost = std::max(max_cost, cost_of(other));
  const auto trial = std::make_shared<Trial>();
  trial->hash = hash;
  const auto job = Job::start(
      *hasher_, home_,
      [trial, max_cost, hash, password = pair.password] { trial->right = is_right(password, hash, max_cost); },
      [trial](const std::exception_ptr&) {
        trial->done = true;
        for (auto* event : trial->waiting) event->notify();
      });
  if (!job) co_return too_many("Too many passwords are being compared\n");
  trials_[pair.digest] = trial;
  begin_try(client);
  const bool right = co_await wait_for(trial);
  attempts_[client].trying = false;
  trials_.erase(pair.digest);
  if (!right) {
    ++attempts_[client].failures;
    co_return unauthorized();
  }
  attempts_.erase(client);
  if (!is_hash_of(pair.user, hash)) co_return unauthorized();
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.insert(pair.digest);
  co_return std::nullopt;
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

asio::awaitable<std::optional<WebResponse>> WebGate::refuse(const WebRequest& request) {
  refresh();
  if (!within_rate()) co_return WebResponse{429, "text/plain; charset=utf-8", "Too Many Requests\n", {}};
  if (config_.users.empty()) co_return std::nullopt;
  auto pair = pair_of(request.authorization);
  if (!pair) co_return unauthorized();
  if (config_.users.contains(pair->user) && known_.contains(pair->digest)) co_return std::nullopt;
  co_return co_await refuse_unknown(std::move(*pair), request.client);
}

}  // namespace vedette
