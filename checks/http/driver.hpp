#pragma once

// Sends a request and follows the redirects of its answers: one way for checks and for the steps of scenarios.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "checks/http/cookie_jar.hpp"
#include "checks/http/request_plan.hpp"
#include "checks/http/url.hpp"
#include "checks/kind.hpp"
#include "language/values/value.hpp"
#include "net/http/http_connections.hpp"
#include "net/io/resolver.hpp"
#include "net/tls/tls_profile.hpp"

namespace vedette::http {

/// Whether Go's client follows a redirect of this status.
bool go_follows(int status);

/// Whoever lets a driver work.
class Asker {
 public:
  virtual ~Asker() = default;
  /// What connections over TLS are made with. Asked when the first one is.
  virtual const net::TlsClient& tls() = 0;
  /// Whether one more request may be sent. When not, it has failed the run.
  virtual bool may_ask() { return true; }
  /// Sets what takes the answer's body.
  virtual void expect_body(net::HttpRequest& request) = 0;
  /// A request has come to an end, by `problem` if there is one. False when the run ends with it.
  virtual bool take(const Url& url, const net::HttpRequest& request, const net::HttpExchange& response,
                    net::Problem problem) = 0;
  /// Bytes of the last body, for a plan that limits the rate.
  [[nodiscard]] virtual std::size_t received() const { return 0; }
  /// A secret that was found on the way, to be masked.
  virtual void keep_secret(std::string secret) = 0;
  /// The last request is sent again, with the answer to the server's challenge.
  virtual void ask_again() {}
};

class Driver {
 public:
  /// The plan, which may change until go(), and whatever else is given outlive the driver. Cookies of answers go into
  /// the jar.
  Driver(RunContext& context, const RequestPlan& plan, Asker& asker, CookieJar& jar)
      : context_(context), plan_(plan), asker_(asker), jar_(jar) {}

  /// Where connections are kept, when they are.
  void keep_connections(net::HttpConnections* connections) { connections_ = connections; }
  /// Where the nonces of clients come from; needed for a plan with `digest`.
  void take_nonces(std::mt19937_64& random) { random_ = &random; }
  /// Answers leave no cookies behind.
  void refuse_cookies() { keeps_cookies_ = false; }

  /// Asks for `url`, and for what the answers lead to. Failures are in the context.
  boost::asio::awaitable<void> go(Url url);

  /// The last answer, and whether it came; it may be the one whose redirect leads nowhere.
  [[nodiscard]] const net::HttpExchange& response() const { return response_; }
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] const std::vector<std::string>& urls() const { return urls_; }
  [[nodiscard]] const std::string& method() const { return method_; }
  [[nodiscard]] const std::vector<language::Redirect>& passed() const { return passed_; }
  [[nodiscard]] const std::optional<boost::asio::ip::address>& address() const { return address_; }
  [[nodiscard]] bool secure() const { return secure_; }
  [[nodiscard]] int hop() const { return hop_; }
  /// How many answers were redirects, followed or not.
  [[nodiscard]] int redirects() const { return redirects_; }
  /// The last answer is a redirect that may not be followed.
  [[nodiscard]] bool stopped_at_redirect() const { return stopped_at_redirect_; }
  /// Whether a host was looked up, and whether something was sent to one.
  [[nodiscard]] bool resolved() const { return resolved_; }
  [[nodiscard]] bool requested() const { return requested_; }

 private:
  boost::asio::awaitable<bool> exchange(const Url& url);
  boost::asio::awaitable<bool> find_way(const Url& url, net::HttpRequest& request);
  boost::asio::awaitable<bool> find_proxy(const Url& url, const Proxy& proxy, net::HttpRequest& request);
  bool take_address(const tl::expected<net::Resolution, Failure>& found, net::HttpRequest& request);
  /// Waits as long as the bodies take at the rate that is allowed.
  boost::asio::awaitable<void> keep_rate(const net::HttpRequest& request, std::chrono::steady_clock::time_point began);
  bool prepare(const Url& url, net::HttpRequest& request);
  bool prepare_tls(const Url& url, net::HttpRequest& request);
  void add_headers(const Url& url, net::HttpRequest& request);
  void add_cookies(const Url& url, net::Headers& out) const;
  void add_credentials(const Url& url, net::HttpRequest& request);
  [[nodiscard]] std::string user_for(const Url& url) const;
  bool answer_challenge(const Url& url);
  std::optional<Url> next_url(const Url& url);
  /// What changes for the request that a redirect leads to.
  void turn_to(const Url& next, const Url& from);
  [[nodiscard]] bool is_blackbox() const { return plan_.policy == Policy::kBlackbox; }
  [[nodiscard]] bool is_redirect() const;
  [[nodiscard]] const net::AddressSettings& address_settings() const { return v6_ ? *v6_ : plan_.address; }
  [[nodiscard]] std::string_view body() const { return sends_body_ && plan_.body ? *plan_.body : std::string_view(); }

  RunContext& context_;
  const RequestPlan& plan_;
  Asker& asker_;
  CookieJar& jar_;
  net::HttpConnections* connections_ = nullptr;
  std::mt19937_64* random_ = nullptr;
  bool keeps_cookies_ = true;

  std::string first_host_;
  bool first_secure_ = false;
  std::string method_;
  std::string referer_;
  std::string digest_;      ///< the answer to a challenge
  bool knows_host_ = true;  ///< this host is treated as the first: its Host header and TLS name
  bool knows_secrets_ = true;
  bool sends_body_ = true;
  std::optional<net::AddressSettings> v6_;  ///< when nothing was reached over IPv4
  std::optional<boost::asio::ip::address> address_;
  net::HttpExchange response_;
  std::vector<std::string> urls_;
  std::vector<language::Redirect> passed_;
  int hop_ = 0;
  int redirects_ = 0;
  bool secure_ = false;
  bool resolved_ = false;
  bool requested_ = false;
  bool answered_ = false;
  bool stopped_at_redirect_ = false;
};

}  // namespace vedette::http
