#include "checks/http/driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "checks/http/connect_rules.hpp"
#include "checks/http/digest_auth.hpp"
#include "checks/http/go_url.hpp"
#include "checks/http/netrc.hpp"
#include "checks/http/sigv4.hpp"
#include "checks/lookup.hpp"
#include "config/secret.hpp"
#include "net/http/http_client.hpp"
#include "net/io/services.hpp"

namespace vedette::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kShownUrl = 2048;
constexpr std::size_t kShownLocation = 200;
constexpr std::size_t kMaxNetrc = std::size_t{1} << 20;

bool is_for_secrets(std::string_view name) {
  return same_ignoring_case(name, "Authorization") || same_ignoring_case(name, "Cookie");
}

bool says_how_long(std::string_view name) {
  return same_ignoring_case(name, "Content-Length") || same_ignoring_case(name, "Transfer-Encoding") ||
         same_ignoring_case(name, "Trailer");
}

std::string_view cookie_name(std::string_view pair) {
  return trim(pair.substr(0, pair.find('=')));
}

/// `given` without the cookies that `newer` has, and those.
std::string merged_cookies(std::string_view given, const std::string& newer) {
  std::string out;
  const auto fresh = split(newer, ';');
  for (const auto pair : split(given, ';')) {
    const bool replaced = std::any_of(fresh.begin(), fresh.end(),
                                      [&](const auto& other) { return cookie_name(other) == cookie_name(pair); });
    if (!replaced && !trim(pair).empty()) out += std::string(trim(pair)) + "; ";
  }
  return out + newer;
}

std::pair<std::string, std::string> split_user(const std::string& user) {
  const auto colon = user.find(':');
  return {user.substr(0, colon), colon == std::string::npos ? "" : user.substr(colon + 1)};
}

bool has_header(const net::Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& header) { return same_ignoring_case(header.first, name); });
}

/// A server that is not there, as opposed to one that does something wrong.
bool is_unreachable(const net::Problem& problem, const net::HttpRequest& request, const net::HttpExchange& response) {
  const bool connecting = problem->reason == Reason::kConnectRefused || problem->reason == Reason::kConnectUnreachable;
  return connecting && !request.proxy && request.address && !response.heard;
}

}  // namespace

bool go_follows(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

asio::awaitable<void> Driver::go(Url url) {
  method_ = plan_.method;
  first_host_ = url.host;
  first_secure_ = url.secure;
  while (true) {
    if (!plan_.path_as_is) url.path = without_dots(url.path);
    answered_ = co_await exchange(url);
    if (!answered_) co_return;
    auto next = next_url(url);
    if (!next || context_.failed()) co_return;
    url = std::move(*next);
    ++hop_;
  }
}

asio::awaitable<bool> Driver::exchange(const Url& url) {
  if (!asker_.may_ask()) co_return false;
  secure_ = url.secure;
  urls_.push_back(url.text());
  Failure over_v4;
  std::optional<asio::ip::address> v4;
  while (true) {
    net::HttpRequest request;
    if (requested_) response_ = {};
    address_.reset();
    if (!co_await find_way(url, request)) co_return false;
    if (v4 && address_ == v4) {
      context_.fail(std::move(over_v4));
      co_return false;
    }
    if (!prepare(url, request)) co_return false;
    asker_.expect_body(request);
    requested_ = true;
    context_.log(
        [method = method_, text = urls_.back()] { return fmt::format("{} {}", method, printable(text, kShownUrl)); });
    const auto began = std::chrono::steady_clock::now();
    auto problem = co_await net::perform(context_, request, response_, hop_, plan_.reuse ? connections_ : nullptr);
    if (problem && is_unreachable(problem, request, response_)) {
      if (plan_.both_families && !v6_) {
        context_.log(problem->message);
        over_v4 = std::move(*problem);
        v4 = address_;
        v6_ = plan_.address;
        v6_->prefer_v6 = true;
        continue;
      }
      context_.fail(v4 ? std::move(over_v4) : std::move(*problem));
      co_return false;
    }
    if (!asker_.take(url, request, response_, std::move(problem))) co_return false;
    if (plan_.limit_rate > 0) co_await keep_rate(request, began);
    break;
  }
  v6_.reset();
  if (keeps_cookies_) jar_.take(url, response_.headers);
  if (plan_.digest && random_ != nullptr && response_.status == 401 && digest_.empty() && answer_challenge(url)) {
    urls_.pop_back();
    co_return co_await exchange(url);
  }
  co_return true;
}

asio::awaitable<void> Driver::keep_rate(const net::HttpRequest& request, std::chrono::steady_clock::time_point began) {
  const auto bytes = static_cast<double>(asker_.received() + (request.body ? request.body->size() : 0));
  const auto due = began + std::chrono::duration_cast<Duration>(
                               std::chrono::duration<double>(bytes / static_cast<double>(plan_.limit_rate)));
  asio::steady_timer timer(context_.services.executor, due);
  boost::system::error_code error;
  const auto paused = std::chrono::steady_clock::now();
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  context_.add_phase(Phase::kTransfer, std::chrono::steady_clock::now() - paused, hop_);
}

asio::awaitable<bool> Driver::find_way(const Url& url, net::HttpRequest& request) {
  request.host = url.host;
  request.port = url.port;
  request.connect_as = &address_settings();
  if (plan_.proxy && !plan_.proxy->problem.empty()) {
    context_.fail(Reason::kSettingsInvalid, plan_.proxy->problem);
    co_return false;
  }
  if (!plan_.unix_socket.empty()) {
    request.socket = plan_.unix_socket;
    co_return true;
  }
  if (plan_.proxy) {
    if (const auto proxy = proxy_for(*plan_.proxy, url)) co_return co_await find_proxy(url, *proxy, request);
  }
  const auto endpoint = connected_to(plan_.connect_to, {url.host, url.port});
  request.port = endpoint.port;
  if (const auto fixed = resolved_to(plan_.resolve, endpoint)) {
    address_ = request.address = *fixed;
    request.address_given = true;
    co_return true;
  }
  resolved_ = true;
  co_return take_address(co_await look_up(context_, endpoint.host, address_settings(), hop_), request);
}

asio::awaitable<bool> Driver::find_proxy(const Url& url, const Proxy& proxy, net::HttpRequest& request) {
  // As with blackbox_exporter, the target's name is looked up nevertheless. socks5h asks the proxy to resolve.
  const bool looks_up = is_blackbox() ? !plan_.proxy->skip_resolve : proxy.scheme == "socks5";
  if (looks_up) {
    resolved_ = true;
    if (!take_address(co_await look_up(context_, url.host, address_settings(), hop_), request)) co_return false;
  }
  if (proxy.scheme == "socks5h") request.address.reset();
  const bool needs_tls = proxy.scheme == "https";
  auto through = co_await reach_proxy(context_, proxy, address_settings(), needs_tls ? asker_.tls() : net::TlsClient());
  if (!through) {
    context_.fail(std::move(through.error()));
    co_return false;
  }
  if (is_blackbox() || url.secure) through->connect_headers = plan_.proxy_headers;
  request.proxy = std::move(*through);
  co_return true;
}

bool Driver::take_address(const tl::expected<net::Resolution, Failure>& found, net::HttpRequest& request) {
  if (!found) {
    context_.fail(found.error());
    return false;
  }
  address_ = request.address = found->address;
  return true;
}

bool Driver::prepare(const Url& url, net::HttpRequest& request) {
  if (!is_token(method_)) {
    context_.fail(Reason::kSettingsInvalid, fmt::format("'{}' is not an HTTP method", printable(method_, 50)));
    return false;
  }
  request.secure = url.secure;
  request.target = url.path;
  request.method = method_;
  if (sends_body_) request.body = plan_.body;
  request.chunked = request.body && plan_.chunked;
  request.http10 = plan_.http10;
  request.http2 = plan_.http2;
  request.only_http2 = plan_.only_http2 && !url.secure;
  request.keep_alive = plan_.reuse;
  request.pinned_keys = plan_.pinned_keys;
  if (!prepare_tls(url, request)) return false;
  add_headers(url, request);
  if (request.proxy && !is_blackbox() && !url.secure) {
    request.headers.insert(request.headers.end(), plan_.proxy_headers.begin(), plan_.proxy_headers.end());
  }
  return !context_.failed();
}

bool Driver::prepare_tls(const Url& url, net::HttpRequest& request) {
  // As with blackbox_exporter, a file that is missing is not ignored because this URL needs none.
  if (!url.secure && !(is_blackbox() && asker_.tls().names_files())) return true;
  const auto& tls = asker_.tls();
  auto material = tls.material();
  if (!material) {
    context_.fail(Reason::kLocalFile, material.error());
    return false;
  }
  if (!url.secure) return true;
  request.tls = std::move(*material);
  const auto& name = knows_host_ && !plan_.tls_host.empty() ? plan_.tls_host : url.host;
  request.verify_name = knows_host_ || !is_blackbox() ? tls.name_for(name) : name;
  return true;
}

void Driver::add_headers(const Url& url, net::HttpRequest& request) {
  const auto left_out = [this](std::string_view name) {
    return std::any_of(plan_.left_out.begin(), plan_.left_out.end(),
                       [&](const auto& other) { return same_ignoring_case(other, name); });
  };
  const auto is_sent = [&](std::string_view name) {
    const bool for_first_host = !knows_host_ && same_ignoring_case(name, "Host");
    const bool secret = !knows_secrets_ && is_for_secrets(name);
    // Go's client writes these itself, by the body that there is.
    const bool of_body = is_blackbox() && says_how_long(name);
    return !for_first_host && !secret && !of_body && !left_out(name);
  };
  const auto is_given = [&](std::string_view name) { return has_header(plan_.headers, name) && is_sent(name); };
  auto& out = request.headers;
  const auto add = [&](const std::string& name, std::string value) {
    if (!is_given(name) && !left_out(name)) out.emplace_back(name, std::move(value));
  };
  add("Host", plan_.host.empty() || !knows_host_ ? url.authority() : plan_.host);
  static const auto kOwnAgent = fmt::format("Vedette/{}", kVersion);
  add("User-Agent", plan_.user_agent.empty() ? kOwnAgent : plan_.user_agent);
  for (const auto& [name, value] : plan_.usual_headers) {
    if (sends_body_ || !same_ignoring_case(name, "Content-Type")) add(name, value);
  }
  for (const auto& [name, value] : plan_.headers) {
    if (is_sent(name)) out.emplace_back(name, value);
  }
  if (!referer_.empty() && !is_given("Referer")) out.emplace_back("Referer", referer_);
  if (!left_out("Cookie")) add_cookies(url, out);
  if (!left_out("Authorization")) add_credentials(url, request);
}

void Driver::add_cookies(const Url& url, net::Headers& out) const {
  auto cookies = jar_.header_for(url);
  if (knows_secrets_ && !plan_.cookies.empty()) cookies += (cookies.empty() ? "" : "; ") + plan_.cookies;
  if (cookies.empty()) return;
  const auto own = std::find_if(out.begin(), out.end(),
                                [](const auto& header) { return same_ignoring_case(header.first, "Cookie"); });
  if (own == out.end()) {
    out.emplace_back("Cookie", std::move(cookies));
  } else if (is_blackbox()) {
    // One header (RFC 6265 section 5.4): what an answer has set takes the place of what was there. curl's own header
    // takes the place of the jar.
    own->second = merged_cookies(own->second, cookies);
  }
}

void Driver::add_credentials(const Url& url, net::HttpRequest& request) {
  if (!knows_secrets_ || has_header(plan_.headers, "Authorization")) return;
  auto& out = request.headers;
  if (!digest_.empty()) {
    out.emplace_back("Authorization", digest_);
    return;
  }
  if (!plan_.authorization.empty()) {
    out.emplace_back("Authorization", plan_.authorization);
    return;
  }
  const auto user = user_for(url);
  if (!plan_.sigv4.empty()) {
    const auto [name, password] = split_user(user);
    const auto done =
        sign({plan_.sigv4, name, password, std::time(nullptr)}, url, request.method, request.body.value_or(""), out);
    if (!done) context_.fail(Reason::kSettingsInvalid, "aws-sigv4: " + done.error());
  } else if (!user.empty() && !plan_.digest) {
    out.emplace_back("Authorization", "Basic " + encode_base64(user));
  }
}

std::string Driver::user_for(const Url& url) const {
  if (!knows_secrets_) return {};
  if (!plan_.user.empty()) return plan_.user;
  if (url.has_userinfo) return url.user + ":" + url.password;
  if (plan_.netrc_file.empty()) return {};
  const auto text = config::read_small_file(plan_.netrc_file, kMaxNetrc);
  const auto entry = text ? netrc_entry(*text, url.host) : std::nullopt;
  if (!entry) return {};
  auto user = entry->first + ":" + entry->second;
  asker_.keep_secret(entry->second);
  asker_.keep_secret(encode_base64(user));
  return user;
}

bool Driver::answer_challenge(const Url& url) {
  std::vector<std::string> challenges;
  for (const auto& [name, value] : response_.headers) {
    if (same_ignoring_case(name, "WWW-Authenticate")) challenges.push_back(value);
  }
  const auto [user, password] = split_user(user_for(url));
  auto answer = digest_authorization(
      challenges, {method_, url.path, user, password, fmt::format("{:016x}", (*random_)()), std::string(body())});
  if (!answer) return false;
  digest_ = std::move(*answer);
  asker_.ask_again();
  return true;
}

bool Driver::is_redirect() const {
  const auto* location = response_.header("Location");
  return (is_blackbox() ? go_follows(response_.status) : response_.status / 100 == 3) && location != nullptr &&
         !location->empty();
}

std::optional<Url> Driver::next_url(const Url& url) {
  if (!is_redirect()) return std::nullopt;
  const auto& location = *response_.header("Location");
  // As with blackbox_exporter, there is no response when it leads nowhere.
  const auto leads_nowhere = [&](const std::string& why) {
    answered_ = false;
    context_.fail(Reason::kHttpRedirectInvalid,
                  is_blackbox() ? fmt::format("Location '{}': {}", printable(location, kShownLocation), why)
                                : fmt::format("invalid URL <{}> ({})", printable(location, kShownLocation), why));
    return std::nullopt;
  };
  if (is_blackbox()) {
    if (const auto problem = go_url_problem(location, PathEscapes::kLenient); !problem.empty())
      return leads_nowhere(problem);
  }
  ++redirects_;
  const bool too_many = plan_.max_redirects >= 0 && redirects_ > plan_.max_redirects;
  stopped_at_redirect_ = !plan_.follow || too_many;
  if (!plan_.follow) return std::nullopt;
  auto next = resolve_location(url, location);
  if (!next && !too_many) return leads_nowhere(next.error());
  passed_.push_back({is_blackbox() || !next ? location : next->text(), response_.status});
  if (too_many) {
    context_.fail(Reason::kHttpRedirectLimit, fmt::format("more than {} redirects; the last one leads to {}",
                                                          plan_.max_redirects, printable(location, kShownLocation)));
    return std::nullopt;
  }
  turn_to(*next, url);
  return std::move(*next);
}

void Driver::turn_to(const Url& next, const Url& from) {
  const int status = response_.status;
  if (status == 301 || status == 302 || status == 303) {
    if (method_ != "HEAD") method_ = "GET";
    sends_body_ = false;
  }
  digest_.clear();
  if (is_blackbox()) {
    // What was meant for the first host goes to no other, and never from TLS into the clear.
    knows_host_ = next.host == first_host_;
    knows_secrets_ = knows_host_ && (next.secure || !first_secure_);
    referer_ = from.secure && !next.secure ? std::string() : from.text();
  } else {
    const bool elsewhere = next.host != from.host || next.port != from.port || next.secure != from.secure;
    knows_host_ = knows_host_ && (!elsewhere || plan_.trusted);
    knows_secrets_ = knows_host_;
  }
  context_.log(fmt::format("redirected to {}", printable(next.text(), kShownUrl)));
}

}  // namespace vedette::http
