#include "scenarios/http/http_call.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/expect/lines.hpp"
#include "checks/http/body.hpp"
#include "checks/http/token.hpp"
#include "net/io/services.hpp"
#include "net/io/turn.hpp"
#include "scenarios/http/content_coding.hpp"
#include "scenarios/http/pinned_keys.hpp"
#include "scenarios/model/limits.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;
using language::FaultKind;

namespace {

constexpr std::size_t kShownUrl = 200;

net::TlsSettings tls_settings(const HttpOptions& options) {
  net::TlsSettings out;
  out.insecure_skip_verify = options.insecure;
  out.ca_file = options.ca_file;
  out.cert_file = options.cert_file;
  out.key_file = options.key_file.empty() ? options.cert_file : options.key_file;
  out.key_passphrase = options.key_passphrase;
  out.server_name = options.server_name;
  out.min_version = options.min_tls;
  return out;
}

/// Why a request ended, as Hurl divides faults.
std::optional<FaultKind> fault_of(Reason reason) {
  if (reason == Reason::kHttpRedirectInvalid) return FaultKind::kInvalidUrl;
  if (reason == Reason::kSettingsInvalid) return FaultKind::kInvalidOption;
  return std::nullopt;
}

}  // namespace

asio::awaitable<void> HttpCall::go(RunContext& context) {
  context_ = &context;
  const auto& written = request_.url;
  auto url = http::parse_url(written);
  const bool web = written.starts_with("http://") || written.starts_with("https://");
  if (!url || !web) {
    const auto why = web ? url.error() : "missing scheme <http://> or <https://>";
    co_return refuse(FaultKind::kInvalidUrl, {Reason::kTargetInvalid, fmt::format("invalid URL <{}> ({})",
                                                                                  printable(written, kShownUrl), why)});
  }
  if (!usable()) co_return;
  if (request_.oauth2 && !co_await get_token()) co_return;
  driver_.emplace(context, request_.plan, *this, resources_.jar);
  driver_->keep_connections(&resources_.connections);
  driver_->take_nonces(resources_.random);
  if (!resources_.keeps_cookies) driver_->refuse_cookies();
  co_await driver_->go(std::move(*url));
  if (context.failed() && !fault) fault = fault_of(context.result.reason);
  if (driver_->answered() && !context.failed()) co_await finish();
}

void HttpCall::refuse(FaultKind kind, Failure failure) {
  fault = kind;
  context_->fail(std::move(failure));
}

bool HttpCall::usable() {
  if (options_.version == HttpVersion::k3) {
    refuse(FaultKind::kHttpVersion, {Reason::kSettingsInvalid, "HTTP/3 is not supported"});
  } else if (options_.unsupported_auth) {
    refuse(FaultKind::kInvalidOption,
           {Reason::kSettingsInvalid, "NTLM and Negotiate authentication are not supported"});
  } else if (!options_.pinned_key.empty()) {
    auto pins = pinned_keys(options_.pinned_key);
    if (pins) {
      request_.plan.pinned_keys = std::move(*pins);
    } else {
      refuse(FaultKind::kInvalidOption, {Reason::kSettingsInvalid, std::move(pins.error())});
    }
  }
  return !context_->failed();
}

asio::awaitable<bool> HttpCall::get_token() {
  auto token = co_await http::fetch_token(*context_, *request_.oauth2);
  if (!token) {
    context_->fail(std::move(token.error()));
    co_return false;
  }
  secrets.push_back(token->substr(token->find(' ') + 1));
  request_.plan.authorization = std::move(*token);
  co_return true;
}

const net::TlsClient& HttpCall::tls() {
  if (tls_) return tls_;
  // Reading the authorities of a machine takes longer than many an answer.
  const auto began = std::chrono::steady_clock::now();
  tls_ = net::TlsClient(tls_settings(options_));
  resources_.prepared += std::chrono::steady_clock::now() - began;
  return tls_;
}

bool HttpCall::may_ask() {
  if (resources_.requests_left-- > 0) return true;
  limit = "requests";
  context_->fail(Reason::kLimit, "the limit of requests is reached");
  return false;
}

void HttpCall::expect_body(net::HttpRequest& request) {
  raw_.clear();
  too_large_ = no_memory_ = false;
  request.on_body = [this](std::string_view part) {
    const auto size = raw_.size() + part.size();
    too_large_ = size > limits_.body;
    no_memory_ = !too_large_ && !held_->grow_to(2 * size);
    if (too_large_ || no_memory_) return false;
    raw_.append(part);
    return true;
  };
}

bool HttpCall::take(const http::Url& url, const net::HttpRequest& request, const net::HttpExchange& response,
                    net::Problem problem) {
  note_call(url, request, response);
  if (too_large_) {
    limit = "body";
    context_->fail(Reason::kLimit, fmt::format("the body has more than {} bytes", limits_.body));
  } else if (no_memory_) {
    context_->fail(memory_used_up());
  } else if (problem) {
    context_->fail(std::move(*problem));
  }
  if (context_->failed()) return false;
  context_->log([status = response.status, version = response.version, bytes = raw_.size()] {
    return fmt::format("status {}, HTTP/{}, {} bytes of body", status, version, bytes);
  });
  return true;
}

void HttpCall::note_call(const http::Url& url, const net::HttpRequest& request, const net::HttpExchange& response) {
  CallRecord out;
  out.method = request.method;
  out.url = url.text();
  out.request_headers = request.headers;
  out.request_bytes = request.body ? request.body->size() : 0;
  out.status = response.status;
  out.version = response.version;
  out.headers = response.headers;
  out.bytes = raw_.size();
  if (request.address) out.ip = request.address->to_string();
  out.reused = response.reused;
  if (const auto* type = response.header("Content-Type")) out.content_type = *type;
  if (response.tls) out.certificate_expiry = net::earliest_expiry(*response.tls);
  calls.push_back(std::move(out));
}

asio::awaitable<void> HttpCall::decode_body() {
  subject.body = raw_;
  const auto codings = codings_of(driver_->response().headers);
  if (codings.empty() || raw_.empty()) co_return;
  subject.raw_body = raw_;
  const auto cannot = [this](std::string message) {
    subject.body_problem = language::Fault{.kind = FaultKind::kDecompression, .message = std::move(message)};
  };
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
    const auto compression = compression_of(*coding);
    if (compression == http::Compression::kUnknown) {
      co_return cannot(fmt::format("compression {} is not supported", printable(*coding, 40)));
    }
    const auto by_ratio = std::max(static_cast<std::size_t>(kFreelyInflated), raw_.size() * limits_.inflation);
    const auto max = std::min(limits_.inflated, by_ratio);
    http::BodySink sink(compression, max, max, {.free = max});
    sink.take(subject.body);
    while (sink.slice() == net::Work::kMore) {
      if (context_->slice.used_up() && !co_await net::let_others(*context_)) co_return;
    }
    sink.finish();
    const auto& failure = sink.failure();
    if (failure && failure->reason == Reason::kBodyTooLarge) {
      const bool of_size = max == limits_.inflated;
      limit = of_size ? "inflated" : "inflation";
      co_return context_->fail(
          Reason::kLimit, of_size ? fmt::format("the body has more than {} bytes when it is decompressed", max)
                                  : fmt::format("the body has more than {} times its {} bytes when it is decompressed",
                                                limits_.inflation, raw_.size()));
    }
    if (failure && failure->reason == Reason::kLocalResources) co_return context_->fail(*failure);
    if (failure) co_return cannot(fmt::format("could not uncompress response with {}", printable(*coding, 40)));
    if (!held_->grow_to(2 * raw_.size() + sink.text().size())) co_return context_->fail(memory_used_up());
    subject.body = sink.text();
  }
}

asio::awaitable<void> HttpCall::finish() {
  const auto& response = driver_->response();
  subject.status = response.status;
  subject.version = response.version;
  subject.url = driver_->urls().back();
  subject.headers = response.headers;
  subject.ip = calls.back().ip;
  subject.redirects = driver_->passed();
  if (response.tls) describe_tls(*response.tls, subject);
  Duration last{};
  for (const auto& part : context_->result.phases) {
    subject.phases.emplace_back(name_of(part.phase), seconds(part.duration) * 1e3);
    if (part.hop == driver_->hop()) last += part.duration;
  }
  subject.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(last).count();
  co_await decode_body();
  subject.memory = held_;
  subject.facts["size"] = language::Value(static_cast<std::int64_t>(subject.body.size()));
  if (limits_.excerpt > 0) {
    calls.back().excerpt = printable(subject.body_problem ? raw_ : subject.body, limits_.excerpt);
  }
}

}  // namespace vedette::scenarios
