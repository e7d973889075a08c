#include "checks/http/run.hpp"
#include "checks/tls_families.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>

#include "base/ascii.hpp"
#include "checks/expect/lines.hpp"
#include "checks/http/date.hpp"
#include "checks/http/expectations.hpp"
#include "checks/http/go_url.hpp"
#include "checks/http/token.hpp"
#include "checks/lookup.hpp"
#include "config/masked.hpp"
#include "net/addresses/target.hpp"
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
      driver_(context, plan_, *this, cookies_) {}

/// All of it but for what has secrets.
void HttpRun::plan(const Url& url) {
  plan_.method = settings_.method;
  plan_.chunked = !settings_.body_file.empty();
  plan_.host = context_.check->hostname;
  const auto fixed = settings_.fixed_host();
  if (const auto host = net::split_host_port(fixed.empty() ? plan_.host : fixed, url.port)) plan_.tls_host = host->host;
  plan_.follow = settings_.follow_redirects;
  plan_.max_redirects = settings_.max_redirects;
  plan_.address = settings_.address;
  plan_.proxy = {context_.check->settings, &settings_.proxy};
  plan_.http2 = settings_.http2;
}

/// One that cannot be read is no matter where no proxy is asked; a redirect may still lead through one.
void HttpRun::reveal_proxy_headers(const Url& url) {
  const bool proxied = proxy_for(settings_.proxy, url).has_value();
  for (const auto& [name, secret] : settings_.proxy.connect_headers) {
    auto value = context_.reveal_header(name, secret);
    if (value) {
      plan_.proxy_headers.emplace_back(name, std::move(*value));
    } else if (proxied) {
      context_.fail(std::move(value.error()));
    }
  }
}

void HttpRun::reveal_secrets(const Url& url) {
  const auto take = [this](tl::expected<std::string, Failure> value, std::string& out) {
    if (value) {
      out = std::move(*value);
    } else {
      context_.fail(std::move(value.error()));
    }
    return !context_.failed();
  };
  const auto add = [&](const auto& secrets, net::Headers& out) {
    for (const auto& [name, secret] : secrets) {
      if (!take(context_.reveal_header(name, secret), out.emplace_back(name, "").second)) return false;
    }
    return true;
  };
  if (!add(settings_.headers, plan_.headers) || !add(settings_.added_headers, plan_.headers)) return;
  if (!settings_.proxy.connect_headers.empty()) reveal_proxy_headers(url);
  if (context_.failed()) return;
  if (settings_.credentials == Credentials::kBasic) {
    std::string password;
    if (!take(context_.reveal(settings_.password), password)) return;
    plan_.authorization = net::basic_authorization(settings_.username, password);
    context_.redactor.add_authorization(plan_.authorization);
  }
  if (settings_.credentials == Credentials::kAuthorization) {
    std::string credentials;
    if (!take(context_.reveal(settings_.authorization), credentials)) return;
    plan_.authorization = settings_.authorization_type + " " + credentials;
  }
  if (!settings_.body.empty()) {
    take(context_.reveal(settings_.body, true), plan_.body.emplace());
    return;
  }
  if (settings_.body_file.empty()) return;
  auto content = config::read_small_file(settings_.body_file, kMaxBodySent);
  if (!content) {
    context_.fail(Reason::kLocalFile, content.error());
    return;
  }
  hide_lines(context_.redactor, *content);
  plan_.body = std::move(*content);
}

const net::TlsClient& HttpRun::tls() {
  return settings_.tls;
}

void HttpRun::expect_body(net::HttpRequest& request) {
  // One byte more than is shown, so that an excerpt that was cut off is seen to be.
  const auto keep = settings_.expect.look_at_body() ? kMaxBodyKept : kExcerpt + 1;
  body_ = std::make_shared<BodySink>(settings_.compression, settings_.body_size_limit, keep);
  request.on_body = [this](std::string_view part) { return body_->take(part); };
  if (settings_.compression != Compression::kNone) request.on_slice = [this] { return body_->slice(); };
}

bool HttpRun::take(const Url& /*url*/, const net::HttpRequest& /*request*/, const net::HttpExchange& response,
                   net::Problem problem) {
  if (problem) {
    if (!response.has_head) {
      context_.fail(std::move(*problem));
      return false;
    }
    context_.end_phase();
    // What was said in the head counts nevertheless.
    body_->fail(std::move(*problem));
    // There is no time left for what a redirect leads to.
    if ((context_.stopped || context_.overdue) && settings_.follow_redirects && go_follows(response.status)) {
      context_.fail(net::cancelled());
      return false;
    }
  }
  if (!response.ended_by_sink) body_->finish();
  context_.log([status = response.status, version = response.version, bytes = body_->size()] {
    return fmt::format("status {}, HTTP/{}, {} bytes of body", status, version, bytes);
  });
  return true;
}

asio::awaitable<void> HttpRun::get_token() {
  auto token = co_await fetch_token(context_, *settings_.oauth2);
  if (token) {
    plan_.authorization = std::move(*token);
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
  const bool requested = looked_up && (word == "http" || word == "https") && !host.empty() &&
                         std::string_view("/?#:").find(host.front()) == std::string_view::npos;
  measure(looked_up, requested);
}

asio::awaitable<void> HttpRun::go() {
  auto parsed = parse_url(context_.check->target);
  if (context_.usable() && !parsed) context_.fail(Reason::kTargetInvalid, parsed.error());
  if (!context_.failed()) {
    plan(*parsed);
    reveal_secrets(*parsed);
  }
  if (!context_.failed() && settings_.oauth2) co_await get_token();
  if (context_.failed()) {
    measure_unsent();
    co_return;
  }
  if (parsed->has_userinfo) context_.redactor.add_userinfo(parsed->user, parsed->password);
  co_await driver_.go(std::move(*parsed));
  if (driver_.stopped_at_redirect()) body_->close();
  if (driver_.answered() && !context_.failed()) {
    unmet_ = expect_head(context_, settings_.expect, driver_.response());
    if (!context_.failed()) unmet_ = expect_whole(context_, settings_.expect, *body_);
    if (!context_.failed() && looks_at_content(settings_.expect)) {
      unmet_ = co_await expect_content(context_, settings_.expect, body_);
    }
    if (!context_.failed()) expect_connection(context_, settings_.expect, driver_.response(), driver_.secure());
    if (!context_.failed() && !settings_.expect.lines.empty()) co_await expect_lines();
  }
  measure(driver_.resolved(), driver_.requested());
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
  subject.status = driver_.response().status;
  subject.version = driver_.response().version;
  subject.url = driver_.urls().back();
  subject.headers = driver_.response().headers;
  subject.body = body_->text();
  subject.facts["size"] = language::Value(static_cast<std::int64_t>(subject.body.size()));
  if (driver_.address()) subject.ip = driver_.address()->to_string();
  subject.redirects = driver_.passed();
  if (driver_.response().tls) describe_tls(*driver_.response().tls, subject);
  co_await vedette::expect_lines(context_, lines, std::move(subject));
}

void HttpRun::measure(bool resolved, bool requested) {
  const auto& result = context_.result;
  constexpr std::array kPhases{Phase::kConnect, Phase::kTls, Phase::kProcessing, Phase::kTransfer};
  if (resolved) context_.measure(kHttpDuration, seconds(result.total_of(Phase::kResolve)), labels_of(Phase::kResolve));
  if (requested) {
    // As with blackbox_exporter, a hop whose connection could not be used adds nothing.
    const bool unusable = !driver_.answered() && (context_.phase == Phase::kConnect || context_.phase == Phase::kTls);
    for (const auto phase : kPhases) {
      // The bodies of redirects count in the whole, not in what the last one took.
      auto taken = phase == Phase::kTransfer ? result.total_of(phase, driver_.hop()) : result.total_of(phase);
      if (unusable) taken -= result.total_of(phase, driver_.hop());
      // As there, what was cut off has not been.
      if (context_.cut_off && phase == context_.phase && !unusable) taken -= result.phases.back().duration;
      context_.measure(kHttpDuration, seconds(taken), labels_of(phase));
    }
  }
  double version = 0;
  if (driver_.answered()) {
    const auto& text = driver_.response().version;
    std::from_chars(text.data(), text.data() + text.size(), version);
  }
  context_.measure(kHttpStatusCode, driver_.answered() ? driver_.response().status : 0);
  context_.measure(kHttpVersion, version);
  context_.measure(kHttpRedirects, driver_.redirects());
  context_.measure(kHttpSsl, driver_.answered() && driver_.secure() ? 1 : 0);
  context_.measure(kHttpContentLength,
                   driver_.answered() ? content_length(driver_.response(), driver_.method() == "HEAD") : 0);
  context_.measure(kHttpUncompressedBodyLength, driver_.answered() ? static_cast<double>(body_->size()) : 0);
  context_.measure(kFailedDueToRegex, unmet_.regex ? 1 : 0);
  if (settings_.expect.look_at_json()) context_.measure(kFailedDueToCel, unmet_.cel ? 1 : 0);
  if (driver_.answered()) {
    const auto* modified = driver_.response().header("Last-Modified");
    const auto time = modified == nullptr ? std::nullopt : parse_http_date(*modified);
    if (time) context_.measure(kHttpLastModified, static_cast<double>(*time));
  }
  if (driver_.response().tls) measure_tls(context_, *driver_.response().tls, {});
}

void HttpRun::add_evidence() {
  auto& facts = context_.result.evidence.facts;
  boost::json::array urls;
  for (const auto& url : driver_.urls()) urls.emplace_back(shown_url(url));
  facts["urls"] = std::move(urls);
  if (driver_.address()) facts["address"] = driver_.address()->to_string();
  const auto& [local, port] = driver_.response().local;
  if (port != 0) facts["local_address"] = net::join_host_port(local.to_string(), port);
  if (driver_.response().tls) facts["tls"] = net::to_json(*driver_.response().tls);
  if (driver_.response().version.empty()) return;
  facts["http_version"] = driver_.response().version;
  facts["status"] = driver_.response().status;
  boost::json::array headers;
  for (const auto& [name, value] : driver_.response().headers) {
    const bool hide = same_ignoring_case(name, "Set-Cookie");
    headers.emplace_back(boost::json::array{name, hide ? std::string("***") : printable(value, kShownHeader)});
  }
  facts["headers"] = std::move(headers);
  if (!body_) return;
  facts["body_bytes"] = body_->size();
  context_.result.evidence.excerpt = printable(body_->text(), kExcerpt);
}

}  // namespace vedette::http
