#include "scenarios/http/http_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdlib>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/version.hpp"
#include "checks/expect/lines.hpp"
#include "checks/http/body.hpp"
#include "checks/http/digest_auth.hpp"
#include "checks/http/netrc.hpp"
#include "checks/http/proxy.hpp"
#include "checks/http/settings.hpp"
#include "checks/http/sigv4.hpp"
#include "checks/http/token.hpp"
#include "checks/lookup.hpp"
#include "net/addresses/target.hpp"
#include "net/http/http_client.hpp"
#include "net/http/proxy_tunnel.hpp"
#include "net/io/services.hpp"
#include "net/io/turn.hpp"
#include "scenarios/http/pinned_keys.hpp"

namespace vedette::scenarios {

namespace asio = boost::asio;

namespace {

/// The version of Hurl whose behaviour its files get.
constexpr std::string_view kHurlVersion = "8.0.1";

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// curl's --connect-to: HOST1:PORT1:HOST2:PORT2, or HOST2:PORT2 for all. Empty parts stand for any, or the same.
std::optional<HostPort> connected_to(const std::vector<std::string>& rules, const http::Url& url) {
  for (const auto& rule : rules) {
    std::vector<std::string> parts;
    std::string part;
    int brackets = 0;
    for (const char c : rule + ":") {
      if (c == '[') ++brackets;
      if (c == ']') --brackets;
      if (c == ':' && brackets == 0) {
        if (part.starts_with('[')) part = part.substr(1, part.size() - 2);
        parts.push_back(std::move(part));
        part.clear();
      } else {
        part += c;
      }
    }
    const auto port_of = [](const std::string& text, std::uint16_t otherwise) {
      std::uint16_t out = otherwise;
      std::from_chars(text.data(), text.data() + text.size(), out);
      return out;
    };
    if (parts.size() == 2) return HostPort{parts[0].empty() ? url.host : parts[0], port_of(parts[1], url.port)};
    if (parts.size() != 4) continue;
    const bool host = parts[0].empty() || lower_case(parts[0]) == url.host;
    const bool port = parts[1].empty() || port_of(parts[1], 0) == url.port;
    if (host && port) return HostPort{parts[2].empty() ? url.host : parts[2], port_of(parts[3], url.port)};
  }
  return std::nullopt;
}

/// curl's --resolve: HOST:PORT:ADDRESS[,ADDRESS]; the port may be *.
std::optional<asio::ip::address> resolved_to(const std::vector<std::string>& rules, const HostPort& endpoint) {
  for (auto rule : rules) {
    if (rule.starts_with('+')) rule.erase(0, 1);
    const auto first = rule.find(':');
    const auto second = first == std::string::npos ? first : rule.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto host = lower_case(rule.substr(0, first));
    const auto port = rule.substr(first + 1, second - first - 1);
    if ((host != endpoint.host && host != "*") || (port != "*" && port != std::to_string(endpoint.port))) continue;
    auto address = rule.substr(second + 1);
    address = address.substr(0, address.find(','));
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    boost::system::error_code error;
    auto out = asio::ip::make_address(address, error);
    if (!error) return out;
  }
  return std::nullopt;
}

/// Lines of `Name: value`.
void add_lines(const std::vector<std::string>& lines, net::Headers& out) {
  for (const auto& line : lines) {
    const auto colon = line.find(':');
    out.emplace_back(std::string(trim(line.substr(0, colon))),
                     colon == std::string::npos ? "" : std::string(trim(line.substr(colon + 1))));
  }
}

/// What a request says about TLS.
net::TlsClient tls_client(const HttpOptions& options) {
  net::TlsSettings settings;
  settings.insecure_skip_verify = options.insecure;
  settings.ca_file = options.ca_file;
  settings.cert_file = options.cert_file;
  settings.key_file = options.key_file.empty() ? options.cert_file : options.key_file;
  settings.key_passphrase = options.key_passphrase;
  settings.server_name = options.server_name;
  settings.min_version = options.min_tls;
  return net::TlsClient(settings);
}

http::Compression compression_of(std::string_view coding) {
  if (same_ignoring_case(coding, "gzip") || same_ignoring_case(coding, "x-gzip")) return http::Compression::kGzip;
  if (same_ignoring_case(coding, "deflate")) return http::Compression::kZlib;
  if (same_ignoring_case(coding, "br")) return http::Compression::kBrotli;
  return http::Compression::kUnknown;
}

std::vector<std::string> codings_of(const net::Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers) {
    if (!same_ignoring_case(name, "Content-Encoding")) continue;
    std::string_view rest = value;
    while (true) {
      const auto part = rest.substr(0, rest.find(','));
      const auto coding = trim(part);
      if (!coding.empty() && !same_ignoring_case(coding, "identity")) out.emplace_back(coding);
      if (part.size() == rest.size()) break;
      rest.remove_prefix(part.size() + 1);
    }
  }
  return out;
}

class CallRun {
 public:
  CallRun(RunContext& context, HttpCall& call)
      : context_(context), call_(call), spec_(call.spec), options_(spec_.options) {}

  asio::awaitable<void> go() {
    auto parsed = http::parse_url(spec_.url);
    const bool web = spec_.url.starts_with("http://") || spec_.url.starts_with("https://");
    if (!parsed || !web) {
      call_.fault = language::FaultKind::kInvalidUrl;
      context_.fail(Reason::kTargetInvalid,
                    fmt::format("invalid URL <{}> ({})", printable(spec_.url, 200),
                                web ? parsed.error() : "missing scheme <http://> or <https://>"));
      co_return;
    }
    if (!usable()) co_return;
    if (spec_.oauth2 && !co_await get_token()) co_return;
    http::Url url = std::move(*parsed);
    headers_ = spec_.headers;
    add_lines(options_.headers, headers_);
    method_ = spec_.method;
    body_ = spec_.body;
    cookies_ = spec_.cookies;
    credentials_ = true;
    while (true) {
      if (!options_.path_as_is) url.path = http::without_dots(url.path);
      if (!co_await exchange(url)) co_return;
      auto next = next_url(url);
      if (!next) break;
      url = std::move(*next);
    }
    if (!context_.failed()) co_await finish(url);
  }

 private:
  bool refuse(language::FaultKind kind, Reason reason, std::string message) {
    call_.fault = kind;
    context_.fail(reason, std::move(message));
    return false;
  }

  bool usable() {
    if (options_.version == HttpVersion::k3) {
      return refuse(language::FaultKind::kHttpVersion, Reason::kSettingsInvalid, "HTTP/3 is not supported");
    }
    if (options_.unsupported_auth) {
      return refuse(language::FaultKind::kInvalidOption, Reason::kSettingsInvalid,
                    "NTLM and Negotiate authentication are not supported");
    }
    if (options_.pinned_key.empty()) return true;
    auto pins = pinned_keys(options_.pinned_key);
    if (!pins) return refuse(language::FaultKind::kInvalidOption, Reason::kSettingsInvalid, std::move(pins.error()));
    pins_ = std::move(*pins);
    return true;
  }

  asio::awaitable<bool> get_token() {
    auto token = co_await http::fetch_token(context_, *spec_.oauth2);
    if (!token) {
      context_.fail(std::move(token.error()));
      co_return false;
    }
    call_.secrets.push_back(token->substr(token->find(' ') + 1));
    authorization_ = std::move(*token);
    co_return true;
  }

  [[nodiscard]] bool given(std::string_view name) const {
    return std::any_of(headers_.begin(), headers_.end(),
                       [&](const auto& header) { return same_ignoring_case(header.first, name); });
  }

  [[nodiscard]] bool left_out(std::string_view name) const {
    return std::any_of(options_.no_headers.begin(), options_.no_headers.end(),
                       [&](const auto& other) { return same_ignoring_case(other, name); });
  }

  /// user:password, where there are any.
  [[nodiscard]] std::string user_of(const http::Url& url) const {
    if (!credentials_) return {};
    if (!options_.user.empty()) return options_.user;
    if (url.has_userinfo) return url.user + ":" + url.password;
    if (!options_.netrc && !options_.netrc_optional && options_.netrc_file.empty()) return {};
    const char* home = std::getenv("HOME");
    const auto path =
        !options_.netrc_file.empty() ? options_.netrc_file : std::string(home == nullptr ? "" : home) + "/.netrc";
    constexpr std::size_t kMax = 1 << 20;
    const auto text = config::read_small_file(path, kMax);
    const auto entry = text ? http::netrc_entry(*text, url.host) : std::nullopt;
    return entry ? entry->first + ":" + entry->second : std::string();
  }

  void add_headers(const http::Url& url, net::HttpRequest& request) {
    auto& out = request.headers;
    const auto add = [&](const char* name, std::string value) {
      if (!given(name) && !left_out(name)) out.emplace_back(name, std::move(value));
    };
    add("Host", url.authority());
    add("Accept", "*/*");
    const auto own =
        spec_.hurl ? fmt::format("Vedette/{} (hurl/{})", kVersion, kHurlVersion) : fmt::format("Vedette/{}", kVersion);
    add("User-Agent", options_.user_agent.empty() ? own : options_.user_agent);
    if (options_.compressed) add("Accept-Encoding", "gzip, deflate, br");
    for (const auto& [name, value] : headers_) {
      if (!left_out(name)) out.emplace_back(name, value);
    }
    if (body_ && !spec_.content_type.empty()) add("Content-Type", spec_.content_type);
    auto cookies = call_.jar->header_for(url);
    if (!cookies_.empty()) cookies += (cookies.empty() ? "" : "; ") + cookies_;
    if (!cookies.empty() && !given("Cookie")) out.emplace_back("Cookie", std::move(cookies));
    add_credentials(url, request);
  }

  void add_credentials(const http::Url& url, net::HttpRequest& request) {
    if (given("Authorization") || !credentials_) return;
    auto& out = request.headers;
    const auto user = user_of(url);
    if (!digest_.empty()) {
      out.emplace_back("Authorization", digest_);
    } else if (!authorization_.empty()) {
      out.emplace_back("Authorization", authorization_);
    } else if (!options_.bearer.empty()) {
      out.emplace_back("Authorization", "Bearer " + options_.bearer);
    } else if (!options_.aws_sigv4.empty()) {
      const auto colon = user.find(':');
      const auto done = http::sign({options_.aws_sigv4, user.substr(0, colon),
                                    colon == std::string::npos ? "" : user.substr(colon + 1), std::time(nullptr)},
                                   url, request.method, request.body.value_or(""), out);
      if (!done) refuse(language::FaultKind::kInvalidOption, Reason::kSettingsInvalid, "aws-sigv4: " + done.error());
    } else if (!user.empty() && !options_.digest) {
      out.emplace_back("Authorization", "Basic " + encode_base64(user));
    }
  }

  /// Reading the authorities of a machine takes longer than many an answer.
  const net::TlsClient& tls() {
    if (tls_) return tls_;
    const auto began = std::chrono::steady_clock::now();
    tls_ = tls_client(options_);
    *call_.prepared += std::chrono::steady_clock::now() - began;
    return tls_;
  }

  bool prepare(const http::Url& url, net::HttpRequest& request) {
    request.secure = url.secure;
    request.host = url.host;
    request.port = url.port;
    request.target = url.path;
    request.socket = options_.unix_socket;
    request.method = method_;
    request.body = body_;
    request.connect_as = &address_;
    request.http10 = options_.version == HttpVersion::k10;
    request.http2 = options_.version != HttpVersion::k10 && options_.version != HttpVersion::k11;
    request.only_http2 = options_.version == HttpVersion::k2PriorKnowledge && !url.secure;
    request.keep_alive = options_.reuse;
    request.pinned_keys = pins_;
    if (url.secure) {
      request.verify_name = tls().name_for(url.host);
      auto material = tls().material();
      if (!material) {
        return refuse(language::FaultKind::kHttpConnection, Reason::kLocalFile, std::move(material.error()));
      }
      request.tls = std::move(*material);
    }
    add_headers(url, request);
    return !context_.failed();
  }

  /// Finds the address; the families to try are tried in turn when nothing answers at the first.
  asio::awaitable<bool> find_way(const http::Url& url, net::HttpRequest& request, bool v6) {
    auto endpoint = connected_to(options_.connect_to, url).value_or(HostPort{url.host, url.port});
    request.port = endpoint.port;
    http::ProxySettings proxy;
    if (!options_.proxy.empty()) proxy.url = config::Secret::literal(options_.proxy);
    proxy.no_proxy = options_.no_proxy;
    const auto through = http::proxy_for(proxy, url);
    address_.prefer_v6 = v6;
    address_.fallback = options_.ip_version == IpVersion::kAny;
    if (through) {
      request.port = url.port;
      auto reached =
          co_await http::reach_proxy(context_, *through, address_, through->scheme == "https" ? tls() : tls_);
      if (!reached) {
        context_.fail(std::move(reached.error()));
        co_return false;
      }
      if (through->scheme == "socks5") request.address = co_await address_of(url.host);
      request.proxy = std::move(*reached);
      add_lines(options_.proxy_headers, request.secure ? request.proxy->connect_headers : request.headers);
      co_return !context_.failed();
    }
    if (!options_.unix_socket.empty()) co_return true;
    if (const auto fixed = resolved_to(options_.resolve, endpoint)) {
      request.address = *fixed;
      request.address_given = true;
    } else {
      request.address = co_await address_of(endpoint.host);
    }
    co_return !context_.failed();
  }

  asio::awaitable<std::optional<asio::ip::address>> address_of(std::string host) {
    const auto found = co_await look_up(context_, host, address_, hop_);
    if (found) co_return found->address;
    context_.fail(found.error());
    co_return std::nullopt;
  }

  asio::awaitable<bool> exchange(const http::Url& url) {
    if ((*call_.requests_left)-- <= 0) {
      call_.limit = "requests";
      context_.fail(Reason::kLimit, "the limit of requests is reached");
      co_return false;
    }
    const bool any = options_.ip_version == IpVersion::kAny;
    auto sent = co_await attempt(url, options_.ip_version == IpVersion::k6);
    if (sent == Sent::kUnreachable && any) {
      const auto first = ip_;
      const auto failure = failure_;
      sent = co_await attempt(url, true);
      const bool same = ip_ == first;
      if (sent == Sent::kUnreachable || same) context_.fail(failure);
    } else if (sent == Sent::kUnreachable) {
      context_.fail(failure_);
    }
    if (sent != Sent::kYes || context_.failed()) co_return false;
    const bool challenged = options_.digest && response_.status == 401 && digest_.empty();
    if (challenged && answer_challenge(url)) co_return co_await exchange(url);
    co_return true;
  }

  enum class Sent : std::uint8_t { kYes, kNo, kUnreachable };

  asio::awaitable<Sent> attempt(const http::Url& url, bool v6) {
    net::HttpRequest request;
    response_ = {};
    raw_.clear();
    too_large_ = no_memory_ = false;
    if (!prepare(url, request)) co_return Sent::kNo;
    if (!co_await find_way(url, request, v6)) co_return Sent::kNo;
    ip_ = request.address ? request.address->to_string() : "";
    request.on_body = [this](std::string_view part) {
      too_large_ = raw_.size() + part.size() > call_.max_body;
      no_memory_ = !too_large_ && !held_->grow_to(2 * (raw_.size() + part.size()));
      if (too_large_ || no_memory_) return false;
      raw_.append(part);
      received_ += part.size();
      return true;
    };
    const auto began = std::chrono::steady_clock::now();
    context_.log([method = method_, text = url.text()] { return fmt::format("{} {}", method, text); });
    const auto problem =
        co_await net::perform(context_, request, response_, hop_, options_.reuse ? call_.connections : nullptr);
    note_call(url, request);
    if (too_large_) {
      call_.limit = "body";
      context_.fail(Reason::kLimit, fmt::format("the body has more than {} bytes", call_.max_body));
      co_return Sent::kNo;
    }
    if (no_memory_) {
      context_.fail(memory_used_up());
      co_return Sent::kNo;
    }
    if (problem) {
      const bool connecting =
          problem->reason == Reason::kConnectRefused || problem->reason == Reason::kConnectUnreachable;
      if (connecting && !request.proxy && request.address && !response_.heard) {
        context_.log(problem->message);
        failure_ = *problem;
        if (!call_.calls.empty()) call_.calls.pop_back();
        co_return Sent::kUnreachable;
      }
      context_.fail(*problem);
      co_return Sent::kNo;
    }
    co_await keep_rate(began);
    context_.log([status = response_.status, version = response_.version, bytes = raw_.size()] {
      return fmt::format("status {}, HTTP/{}, {} bytes of body", status, version, bytes);
    });
    if (call_.keeps_cookies) call_.jar->take(url, response_.headers);
    co_return Sent::kYes;
  }

  /// Takes as long as the body takes at the rate that is allowed.
  asio::awaitable<void> keep_rate(std::chrono::steady_clock::time_point began) {
    if (options_.limit_rate <= 0) co_return;
    const auto bytes = static_cast<double>(raw_.size() + body_.value_or("").size());
    const auto due = began + std::chrono::duration_cast<Duration>(
                                 std::chrono::duration<double>(bytes / static_cast<double>(options_.limit_rate)));
    asio::steady_timer timer(context_.services.executor, due);
    boost::system::error_code error;
    const auto paused = std::chrono::steady_clock::now();
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    context_.add_phase(Phase::kTransfer, std::chrono::steady_clock::now() - paused, hop_);
  }

  bool answer_challenge(const http::Url& url) {
    std::vector<std::string> challenges;
    for (const auto& [name, value] : response_.headers) {
      if (same_ignoring_case(name, "WWW-Authenticate")) challenges.push_back(value);
    }
    const auto user = user_of(url);
    const auto colon = user.find(':');
    const auto answer = http::digest_authorization(
        challenges, {method_, url.path, user.substr(0, colon), colon == std::string::npos ? "" : user.substr(colon + 1),
                     fmt::format("{:016x}", (*call_.random)()), body_.value_or("")});
    if (!answer) return false;
    digest_ = *answer;
    call_.calls.pop_back();
    return true;
  }

  void note_call(const http::Url& url, const net::HttpRequest& request) {
    CallRecord out;
    out.method = method_;
    out.url = url.text();
    out.request_headers = request.headers;
    out.request_bytes = request.body ? request.body->size() : 0;
    out.status = response_.status;
    out.version = response_.version;
    out.headers = response_.headers;
    out.bytes = raw_.size();
    out.ip = ip_;
    out.reused = response_.reused;
    if (const auto* type = response_.header("Content-Type")) out.content_type = *type;
    if (response_.tls) out.certificate_expiry = net::earliest_expiry(*response_.tls);
    call_.calls.push_back(std::move(out));
  }

  std::optional<http::Url> next_url(const http::Url& url) {
    const auto* location = response_.header("Location");
    if (response_.status / 100 != 3 || location == nullptr || location->empty()) return std::nullopt;
    auto next = http::resolve_location(url, *location);
    if (!options_.follow) return std::nullopt;
    if (!next) {
      refuse(language::FaultKind::kInvalidUrl, Reason::kHttpRedirectInvalid,
             fmt::format("invalid URL <{}> ({})", printable(*location, 200), next.error()));
      return std::nullopt;
    }
    passed_.push_back({next->text(), response_.status});
    if (options_.max_redirects >= 0 && static_cast<std::int64_t>(passed_.size()) > options_.max_redirects) {
      context_.fail(Reason::kHttpRedirectLimit, "too many redirects");
      return std::nullopt;
    }
    const int status = response_.status;
    if (status == 301 || status == 302 || status == 303) {
      if (method_ != "HEAD") method_ = "GET";
      body_.reset();
    }
    const bool elsewhere = next->host != url.host || next->port != url.port || next->secure != url.secure;
    if (elsewhere && !options_.trusted) {
      credentials_ = false;
      cookies_.clear();
      std::erase_if(headers_, [](const auto& header) {
        return same_ignoring_case(header.first, "Authorization") || same_ignoring_case(header.first, "Cookie") ||
               same_ignoring_case(header.first, "Host");
      });
    }
    digest_.clear();
    ++hop_;
    return std::move(*next);
  }

  asio::awaitable<void> decode_body(language::Subject& subject) {
    const auto codings = codings_of(response_.headers);
    subject.body = raw_;
    if (codings.empty() || raw_.empty()) co_return;
    subject.raw_body = raw_;
    for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
      const auto compression = compression_of(*coding);
      if (compression == http::Compression::kUnknown) {
        subject.body_problem =
            language::Fault{.kind = language::FaultKind::kDecompression,
                            .message = fmt::format("compression {} is not supported", printable(*coding, 40))};
        co_return;
      }
      const auto by_ratio = std::max(static_cast<std::size_t>(kFreelyInflated), raw_.size() * call_.max_inflation);
      const auto most = std::min(call_.max_inflated, by_ratio);
      http::BodySink sink(compression, most, most, {.free = most});
      sink.take(subject.body);
      while (sink.slice() == net::Work::kMore) {
        if (context_.slice.used_up() && !co_await net::let_others(context_)) co_return;
      }
      sink.finish();
      if (sink.failure() && sink.failure()->reason == Reason::kBodyTooLarge) {
        const bool of_size = most == call_.max_inflated;
        call_.limit = of_size ? "inflated" : "inflation";
        context_.fail(Reason::kLimit,
                      of_size ? fmt::format("the body has more than {} bytes when it is decompressed", most)
                              : fmt::format("the body has more than {} times its {} bytes when it is decompressed",
                                            call_.max_inflation, raw_.size()));
        co_return;
      }
      if (sink.failure() && sink.failure()->reason == Reason::kLocalResources) {
        context_.fail(*sink.failure());
        co_return;
      }
      if (sink.failure()) {
        subject.body_problem =
            language::Fault{.kind = language::FaultKind::kDecompression,
                            .message = fmt::format("could not uncompress response with {}", printable(*coding, 40))};
        co_return;
      }
      if (!held_->grow_to(2 * raw_.size() + sink.text().size())) {
        context_.fail(memory_used_up());
        co_return;
      }
      subject.body = sink.text();
    }
  }

  asio::awaitable<void> finish(const http::Url& url) {
    auto& subject = call_.subject;
    subject.status = response_.status;
    subject.version = response_.version;
    subject.url = url.text();
    subject.headers = response_.headers;
    subject.ip = ip_;
    subject.redirects = passed_;
    if (response_.tls) describe_tls(*response_.tls, subject);
    Duration last{};
    for (const auto& part : context_.result.phases) {
      subject.phases.emplace_back(name_of(part.phase), seconds(part.duration) * 1e3);
      if (part.hop == hop_) last += part.duration;
    }
    subject.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(last).count();
    co_await decode_body(subject);
    subject.memory = held_;
    subject.facts["size"] = language::Value(static_cast<std::int64_t>(subject.body.size()));
    if (call_.excerpt > 0 && !call_.calls.empty()) {
      call_.calls.back().excerpt = printable(subject.body_problem ? raw_ : subject.body, call_.excerpt);
    }
    call_.answered = !context_.stopped;
  }

  RunContext& context_;
  HttpCall& call_;
  const HttpRequestSpec& spec_;
  const HttpOptions& options_;
  net::TlsClient tls_;
  net::AddressSettings address_;
  std::vector<std::string> pins_;
  std::string authorization_;
  std::string digest_;
  net::Headers headers_;
  std::string method_;
  std::optional<std::string> body_;
  std::string cookies_;
  bool credentials_ = true;
  net::HttpExchange response_;
  Failure failure_;
  std::string raw_;
  std::size_t received_ = 0;
  std::shared_ptr<Held> held_ = std::make_shared<Held>();  ///< for the body and its copy
  bool too_large_ = false;
  bool no_memory_ = false;
  std::string ip_;
  std::vector<language::Redirect> passed_;
  int hop_ = 0;
};

asio::awaitable<void> run(RunContext& context) {
  auto& call = static_cast<const HttpCallSettings&>(*context.check->settings).call;
  CallRun run(context, call);
  co_await run.go();
}

bool handshakes(const std::string& target, const Settings& /*settings*/) {
  return target.starts_with("https:");
}

}  // namespace

const Kind kHttpCall{.name = "http", .handshakes = &handshakes, .run = &run};

}  // namespace vedette::scenarios
