#include "checks/http/run.hpp"
#include "checks/tls_families.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>

#include "base/ascii.hpp"
#include "base/version.hpp"
#include "checks/expect/lines.hpp"
#include "checks/http/date.hpp"
#include "checks/http/expectations.hpp"
#include "checks/http/go_url.hpp"
#include "checks/http/token.hpp"
#include "checks/lookup.hpp"
#include "config/masked.hpp"
#include "net/addresses/target.hpp"
#include "net/http/http_client.hpp"
#include "net/http/proxy_tunnel.hpp"
#include "net/io/errors.hpp"

namespace vedette::http {

namespace asio = boost::asio;

const Family kHttpDuration{
    "probe_http_duration_seconds", "Duration of http request by phase, summed over all redirects", {"phase"}};
const Family kHttpStatusCode{"probe_http_status_code", "Response HTTP status code", {}, true};
const Family kHttpVersion{"probe_http_version", "Returns the version of HTTP of the probe response", {}};
const Family kHttpRedirects{"probe_http_redirects", "The number of redirects", {}};
const Family kHttpSsl{"probe_http_ssl", "Indicates if SSL was used for the final redirect", {}};
const Family kHttpContentLength{"probe_http_content_length", "Length of http content response", {}};
const Family kHttpUncompressedBodyLength{
    "probe_http_uncompressed_body_length", "Length of uncompressed response body", {}};
const Family kHttpLastModified{
    "probe_http_last_modified_timestamp_seconds", "Returns the Last-Modified HTTP response header in unixtime", {}};

const Family kFailedDueToCel{
    "probe_failed_due_to_cel", "Indicates if probe failed due to CEL expression not matching", {}};

namespace {

/// Expectations look at no more than this of a body; a check that needs less memory sets body_size_limit.
constexpr std::size_t kMaxBodyKept = std::size_t{16} << 20;
constexpr std::size_t kExcerpt = 2048;
constexpr std::size_t kMaxBodySent = std::size_t{64} << 20;
constexpr std::size_t kShownUrl = 2048;
constexpr std::size_t kShownHeader = 512;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string shown_url(const std::string& url) {
  return printable(url, kShownUrl);
}

/// Nobody knows which part of a body's file is secret, so its first lines are masked.
void hide_lines(Redactor& redactor, std::string_view content) {
  constexpr std::size_t kLongEnough = 8;
  constexpr std::size_t kMaxLine = 4096;
  constexpr int kMaxLines = 20;
  for (int i = 0; i < kMaxLines && !content.empty(); ++i) {
    const auto whole = content.substr(0, content.find('\n'));
    const auto line = trim(whole);
    if (line.size() >= kLongEnough && line.size() <= kMaxLine) redactor.add(line);
    content.remove_prefix(std::min(content.size(), whole.size() + 1));
  }
}

bool looks_at_content(const Expectations& expected) {
  return !expected.body_must_match.empty() || !expected.body_must_not_match.empty() || expected.look_at_json();
}

double content_length(const net::HttpExchange& response, bool is_head) {
  const auto* text = response.header("Content-Length");
  double length = -1;
  const bool bodyless = response.status / 100 == 1 || response.status == 204 || response.status == 304;
  if (bodyless && !is_head) return 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), length);
  return length;
}

}  // namespace

HttpRun::HttpRun(RunContext& context)
    : context_(context),
      settings_(static_cast<const HttpSettings&>(*context.check->settings)),
      method_(settings_.method) {}

void HttpRun::reveal_secrets() {
  const auto take = [this](tl::expected<std::string, Failure> value, std::string& out) {
    if (value) {
      out = std::move(*value);
    } else {
      context_.fail(std::move(value.error()));
    }
    return !context_.failed();
  };
  for (const auto* list : {&settings_.headers, &settings_.added_headers}) {
    for (const auto& [name, secret] : *list) {
      std::string value;
      if (!take(context_.reveal_header(name, secret), value)) return;
      headers_.emplace_back(name, std::move(value));
    }
  }
  if (settings_.credentials == Credentials::kBasic) {
    std::string password;
    if (!take(context_.reveal(settings_.password), password)) return;
    basic_ = net::basic_authorization(settings_.username, password);
    context_.redactor.add_authorization(basic_);
  }
  if (settings_.credentials == Credentials::kAuthorization) {
    std::string credentials;
    if (!take(context_.reveal(settings_.authorization), credentials)) return;
    authorization_ = settings_.authorization_type + " " + credentials;
  }
  if (!settings_.body.empty()) {
    body_to_send_.emplace();
    take(context_.reveal(settings_.body, true), *body_to_send_);
    return;
  }
  if (settings_.body_file.empty()) return;
  auto content = config::read_small_file(settings_.body_file, kMaxBodySent);
  if (!content) {
    context_.fail(Reason::kLocalFile, content.error());
    return;
  }
  hide_lines(context_.redactor, *content);
  body_to_send_ = std::move(*content);
}

void HttpRun::add_credentials(const Url& url, net::HttpRequest& request) const {
  if (settings_.header("Authorization") || !may_know_secrets(url)) return;
  if (!authorization_.empty()) {
    request.headers.emplace_back("Authorization", authorization_);
  } else if (!basic_.empty()) {
    request.headers.emplace_back("Authorization", basic_);
  } else if (url.has_userinfo) {
    request.headers.emplace_back("Authorization", net::basic_authorization(url.user, url.password));
  }
}

void HttpRun::add_headers(const Url& url, net::HttpRequest& request) const {
  bool host_given = false;
  bool agent_given = false;
  for (const auto& [name, value] : headers_) {
    const bool is_host = same_ignoring_case(name, "Host");
    const bool is_secret = same_ignoring_case(name, "Authorization") || same_ignoring_case(name, "Cookie");
    if ((is_host && !to_first_host(url)) || (is_secret && !may_know_secrets(url))) continue;
    host_given = host_given || is_host;
    agent_given = agent_given || same_ignoring_case(name, "User-Agent");
    request.headers.emplace_back(name, value);
  }
  if (!host_given) {
    const auto& wanted = context_.check->hostname;
    const bool ours = wanted.empty() || !to_first_host(url);
    request.headers.insert(request.headers.begin(), {"Host", ours ? url.authority() : wanted});
  }
  if (!agent_given) request.headers.emplace_back("User-Agent", fmt::format("Vedette/{}", kVersion));
  if (!referer_.empty()) request.headers.emplace_back("Referer", referer_);
  add_credentials(url, request);
  auto cookies = cookies_.header_for(url);
  if (!cookies.empty()) request.headers.emplace_back("Cookie", std::move(cookies));
}

bool HttpRun::prepare(const Url& url, net::HttpRequest& request) {
  if (!is_token(method_)) {
    context_.fail(Reason::kSettingsInvalid, fmt::format("'{}' is not an HTTP method", printable(method_, 50)));
    return false;
  }
  std::string name = url.host;
  if (to_first_host(url)) {
    auto wanted = settings_.fixed_host();
    if (wanted.empty()) wanted = context_.check->hostname;
    if (const auto host = net::split_host_port(wanted, url.port)) name = host->host;
  }
  if (to_first_host(url)) name = settings_.tls.name_for(name);
  request.secure = url.secure;
  request.host = url.host;
  request.port = url.port;
  request.target = url.path;
  request.verify_name = name;
  request.method = method_;
  request.http2 = settings_.http2;
  request.connect_as = &settings_.address;
  request.body = body_to_send_;
  request.chunked = body_to_send_ && !settings_.body_file.empty();
  // As with blackbox_exporter, a file that is missing is not ignored because this URL needs none.
  auto material = settings_.tls.material();
  if (!material && (url.secure || settings_.tls.names_files())) {
    context_.fail(Reason::kLocalFile, material.error());
    return false;
  }
  if (url.secure) request.tls = std::move(*material);
  add_headers(url, request);
  return true;
}

asio::awaitable<bool> HttpRun::find_way(const Url& url, net::HttpRequest& request) {
  if (!settings_.proxy.problem.empty()) {
    context_.fail(Reason::kSettingsInvalid, settings_.proxy.problem);
    co_return false;
  }
  const auto proxy = proxy_for(settings_.proxy, url);
  if (!proxy || !settings_.proxy.skip_resolve) {
    resolved_ = true;
    const auto found = co_await look_up(context_, url.host, settings_.address, hop_);
    if (!found) {
      context_.fail(found.error());
      co_return false;
    }
    address_ = found->address;
    request.address = found->address;
  }
  if (!proxy) co_return true;
  auto through = co_await reach_proxy(context_, *proxy, settings_.address, settings_.tls);
  if (!through) {
    context_.fail(std::move(through.error()));
    co_return false;
  }
  // socks5h asks the proxy to resolve.
  if (proxy->scheme == "socks5h") request.address.reset();
  for (const auto& [header, secret] : settings_.proxy.connect_headers) {
    through->connect_headers.emplace_back(header, context_.reveal_header(header, secret).value_or(""));
  }
  request.proxy = std::move(*through);
  co_return true;
}

asio::awaitable<bool> HttpRun::exchange(const Url& url) {
  secure_ = url.secure;
  urls_.push_back(url.text());
  response_ = {};
  net::HttpRequest request;
  if (!co_await find_way(url, request)) co_return false;
  if (!prepare(url, request)) co_return false;
  // One byte more than is shown, so that an excerpt that was cut off is seen to be.
  const auto keep = settings_.expect.look_at_body() ? kMaxBodyKept : kExcerpt + 1;
  body_ = std::make_shared<BodySink>(settings_.compression, settings_.body_size_limit, keep);
  request.on_body = [this](std::string_view part) { return body_->take(part); };
  if (settings_.compression != Compression::kNone) request.on_slice = [this] { return body_->slice(); };
  requested_ = true;
  context_.log([method = method_, url = urls_.back()] { return fmt::format("{} {}", method, shown_url(url)); });
  if (auto problem = co_await net::perform(context_, request, response_, hop_)) {
    if (!response_.has_head) {
      context_.fail(std::move(*problem));
      co_return false;
    }
    context_.end_phase();
    // What was said in the head counts nevertheless.
    body_->fail(std::move(*problem));
    // There is no time left for what a redirect leads to.
    if ((context_.stopped || context_.overdue) && settings_.follow_redirects && is_redirect(response_.status)) {
      context_.fail(net::cancelled());
      co_return false;
    }
  }
  if (!response_.ended_by_sink) body_->finish();
  context_.log([status = response_.status, version = response_.version, bytes = body_->size()] {
    return fmt::format("status {}, HTTP/{}, {} bytes of body", status, version, bytes);
  });
  co_return true;
}

std::optional<Url> HttpRun::next_url(const Url& url) {
  const auto* location = response_.header("Location");
  if (!is_redirect(response_.status) || location == nullptr || location->empty()) return std::nullopt;
  // As with blackbox_exporter, there is no response when it leads nowhere.
  const auto leads_nowhere = [&](const std::string& why) {
    answered_ = false;
    context_.fail(Reason::kHttpRedirectInvalid, fmt::format("Location '{}': {}", printable(*location, 200), why));
    return std::nullopt;
  };
  if (const auto problem = go_url_problem(*location, PathEscapes::kLenient); !problem.empty())
    return leads_nowhere(problem);
  ++redirects_;
  if (!settings_.follow_redirects) {
    body_->close();
    return std::nullopt;
  }
  if (redirects_ > settings_.max_redirects) {
    body_->close();
    context_.fail(Reason::kHttpRedirectLimit, fmt::format("more than {} redirects; the last one leads to {}",
                                                          settings_.max_redirects, printable(*location, 200)));
    return std::nullopt;
  }
  auto next = resolve_location(url, *location);
  if (!next) return leads_nowhere(next.error());
  cookies_.take(url, response_.headers);
  passed_.push_back({*location, response_.status});
  const int status = response_.status;
  if (status != 307 && status != 308) {
    if (method_ != "HEAD") method_ = "GET";
    body_to_send_.reset();
  }
  referer_ = url.secure && !next->secure ? std::string() : url.text();
  context_.log(fmt::format("redirected to {}", shown_url(next->text())));
  return std::move(*next);
}

asio::awaitable<void> HttpRun::get_token() {
  auto token = co_await fetch_token(context_, *settings_.oauth2);
  if (token) {
    authorization_ = std::move(*token);
  } else {
    context_.fail(std::move(token.error()));
  }
}

void HttpRun::measure_unsent() {
  const auto& target = context_.check->target;
  const auto scheme = target.find("://");
  const auto url = scheme == std::string::npos ? "http://" + target : target;
  // What Go parses, blackbox_exporter looks up; what has a scheme and a host that it can ask, it begins to ask.
  const bool looked_up = go_url_problem(url).empty();
  if (looked_up) measure_no_lookup(context_);
  const auto word = lower_case(url.substr(0, url.find("://")));
  const auto host = url.substr(word.size() + 3);
  requested_ = looked_up && (word == "http" || word == "https") && !host.empty() &&
               std::string_view("/?#:").find(host.front()) == std::string_view::npos;
  measure(looked_up);
}

asio::awaitable<void> HttpRun::go() {
  auto parsed = parse_url(context_.check->target);
  if (context_.usable() && !parsed) context_.fail(Reason::kTargetInvalid, parsed.error());
  if (!context_.failed()) reveal_secrets();
  if (!context_.failed() && settings_.oauth2) co_await get_token();
  if (context_.failed()) {
    measure_unsent();
    co_return;
  }
  std::optional<Url> url = std::move(*parsed);
  if (url->has_userinfo) context_.redactor.add_userinfo(url->user, url->password);
  first_host_ = url->host;
  first_secure_ = url->secure;
  while (url && !context_.failed()) {
    answered_ = co_await exchange(*url);
    if (!answered_) break;
    url = next_url(*url);
    if (url) ++hop_;
  }
  if (answered_ && !context_.failed()) {
    unmet_ = expect_head(context_, settings_.expect, response_);
    if (!context_.failed()) unmet_ = expect_whole(context_, settings_.expect, *body_);
    if (!context_.failed() && looks_at_content(settings_.expect)) {
      unmet_ = co_await expect_content(context_, settings_.expect, body_);
    }
    if (!context_.failed()) expect_connection(context_, settings_.expect, response_, secure_);
  }
  if (answered_ && !context_.failed() && !settings_.expect.lines.empty()) {
    co_await expect_lines();
  }
  measure(resolved_);
  if (context_.wants_evidence()) add_evidence();
}

asio::awaitable<void> HttpRun::expect_lines() {
  const auto& lines = settings_.expect.lines;
  if (language::looks_at_body(lines) && !body_->whole()) {
    context_.fail(Reason::kBodyTooLarge,
                  fmt::format("the body has {} bytes, more than expectations can look at", body_->size()));
    co_return;
  }
  language::Subject subject;
  subject.status = response_.status;
  subject.version = response_.version;
  subject.url = urls_.back();
  subject.headers = response_.headers;
  subject.body = body_->text();
  subject.facts["size"] = language::Value(static_cast<std::int64_t>(subject.body.size()));
  if (address_) subject.ip = address_->to_string();
  subject.redirects = passed_;
  if (response_.tls) describe_tls(*response_.tls, subject);
  co_await vedette::expect_lines(context_, lines, std::move(subject));
}

void HttpRun::measure(bool resolved) {
  const auto& result = context_.result;
  constexpr std::array kPhases{Phase::kConnect, Phase::kTls, Phase::kProcessing, Phase::kTransfer};
  if (resolved) context_.measure(kHttpDuration, seconds(result.total_of(Phase::kResolve)), labels_of(Phase::kResolve));
  if (requested_) {
    // As with blackbox_exporter, a hop whose connection could not be used adds nothing.
    const bool unusable = !answered_ && (context_.phase == Phase::kConnect || context_.phase == Phase::kTls);
    for (const auto phase : kPhases) {
      // The bodies of redirects count in the whole, not in what the last one took.
      auto taken = phase == Phase::kTransfer ? result.total_of(phase, hop_) : result.total_of(phase);
      if (unusable) taken -= result.total_of(phase, hop_);
      // As there, what was cut off has not been.
      if (context_.cut_off && phase == context_.phase && !unusable) taken -= result.phases.back().duration;
      context_.measure(kHttpDuration, seconds(taken), labels_of(phase));
    }
  }
  double version = 0;
  if (answered_) {
    const auto& text = response_.version;
    std::from_chars(text.data(), text.data() + text.size(), version);
  }
  context_.measure(kHttpStatusCode, answered_ ? response_.status : 0);
  context_.measure(kHttpVersion, version);
  context_.measure(kHttpRedirects, redirects_);
  context_.measure(kHttpSsl, answered_ && secure_ ? 1 : 0);
  context_.measure(kHttpContentLength, answered_ ? content_length(response_, method_ == "HEAD") : 0);
  context_.measure(kHttpUncompressedBodyLength, answered_ ? static_cast<double>(body_->size()) : 0);
  context_.measure(kFailedDueToRegex, unmet_.regex ? 1 : 0);
  if (settings_.expect.look_at_json()) context_.measure(kFailedDueToCel, unmet_.cel ? 1 : 0);
  if (answered_) {
    const auto* modified = response_.header("Last-Modified");
    const auto time = modified == nullptr ? std::nullopt : parse_http_date(*modified);
    if (time) context_.measure(kHttpLastModified, static_cast<double>(*time));
  }
  if (response_.tls) measure_tls(context_, *response_.tls, {});
}

void HttpRun::add_evidence() {
  auto& facts = context_.result.evidence.facts;
  boost::json::array urls;
  for (const auto& url : urls_) urls.emplace_back(shown_url(url));
  facts["urls"] = std::move(urls);
  if (address_) facts["address"] = address_->to_string();
  const auto& [local, port] = response_.local;
  if (port != 0) facts["local_address"] = net::join_host_port(local.to_string(), port);
  if (response_.tls) facts["tls"] = net::to_json(*response_.tls);
  if (response_.version.empty()) return;
  facts["http_version"] = response_.version;
  facts["status"] = response_.status;
  boost::json::array headers;
  for (const auto& [name, value] : response_.headers) {
    const bool hide = same_ignoring_case(name, "Set-Cookie");
    headers.emplace_back(boost::json::array{name, hide ? std::string("***") : printable(value, kShownHeader)});
  }
  facts["headers"] = std::move(headers);
  if (!body_) return;
  facts["body_bytes"] = body_->size();
  context_.result.evidence.excerpt = printable(body_->text(), kExcerpt);
}

}  // namespace vedette::http
