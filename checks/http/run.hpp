#pragma once

// One run of an HTTP check: hop by hop, each on a fresh connection, with phases for each.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/http/body.hpp"
#include "checks/http/cookie_jar.hpp"
#include "checks/http/expectations.hpp"
#include "checks/http/settings.hpp"
#include "checks/http/url.hpp"
#include "checks/kind.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::http {

class HttpRun {
 public:
  explicit HttpRun(RunContext& context);

  boost::asio::awaitable<void> go();

 private:
  /// Reads what the settings keep in files; fails the run when one cannot be read.
  void reveal_secrets();
  /// Asks for an OAuth 2.0 token, a new one for each run.
  boost::asio::awaitable<void> get_token();
  boost::asio::awaitable<bool> exchange(const Url& url);
  bool prepare(const Url& url, net::HttpRequest& request);
  boost::asio::awaitable<bool> find_way(const Url& url, net::HttpRequest& request);
  void add_headers(const Url& url, net::HttpRequest& request) const;
  void add_credentials(const Url& url, net::HttpRequest& request) const;
  boost::asio::awaitable<void> expect_lines();
  /// The next URL when the response redirects and the check follows; fails the run on a bad or one too many.
  std::optional<Url> next_url(const Url& url);
  void measure(bool resolved);
  /// Of a run that failed before it could ask.
  void measure_unsent();
  void add_evidence();
  [[nodiscard]] bool to_first_host(const Url& url) const { return url.host == first_host_; }
  /// What was meant for the first host goes to no other, and never from TLS into the clear.
  [[nodiscard]] bool may_know_secrets(const Url& url) const {
    return to_first_host(url) && (url.secure || !first_secure_);
  }

  RunContext& context_;
  const HttpSettings& settings_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string basic_;          ///< user:password
  std::string authorization_;  ///< the header's value
  std::optional<std::string> body_to_send_;

  std::string first_host_;
  bool first_secure_ = false;
  std::string method_;
  std::string referer_;
  CookieJar cookies_;
  std::vector<std::string> urls_;  ///< of all hops
  std::vector<language::Redirect> passed_;
  int hop_ = 0;
  int redirects_ = 0;
  bool secure_ = false;
  bool resolved_ = false;
  bool requested_ = false;
  Unmet unmet_;
  std::optional<boost::asio::ip::address> address_;
  net::HttpExchange response_;  ///< of the last hop
  bool answered_ = false;       ///< the last hop's response came whole, or as far as it was wanted
  std::shared_ptr<BodySink> body_;
};

extern const Family kHttpDuration;
extern const Family kHttpStatusCode;
extern const Family kHttpVersion;
extern const Family kHttpRedirects;
extern const Family kHttpSsl;
extern const Family kHttpContentLength;
extern const Family kHttpUncompressedBodyLength;
extern const Family kHttpLastModified;
extern const Family kFailedDueToCel;

}  // namespace vedette::http
