#pragma once

// One run of an HTTP check: what its settings say becomes a request, and what comes back is judged and measured.

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "checks/http/body.hpp"
#include "checks/http/driver.hpp"
#include "checks/http/expectations.hpp"
#include "checks/http/settings.hpp"
#include "checks/kind.hpp"

namespace vedette::http {

class HttpRun final : private Asker {
 public:
  explicit HttpRun(RunContext& context);

  boost::asio::awaitable<void> go();

 private:
  void plan(const Url& url);
  /// Reads what the settings keep in files; fails the run when one cannot be read.
  void reveal_secrets(const Url& url);
  void reveal_proxy_headers(const Url& url);
  /// Asks for an OAuth 2.0 token, a new one for each run.
  boost::asio::awaitable<void> get_token();
  const net::TlsClient& tls() override;
  void expect_body(net::HttpRequest& request) override;
  bool take(const Url& url, const net::HttpRequest& request, const net::HttpExchange& response,
            net::Problem problem) override;
  void keep_secret(std::string secret) override { context_.redactor.add(secret); }
  boost::asio::awaitable<void> expect_lines();
  void measure(bool resolved, bool requested);
  /// Of a run that failed before it could ask.
  void measure_unsent();
  void add_evidence();

  RunContext& context_;
  const HttpSettings& settings_;
  RequestPlan plan_;
  CookieJar cookies_;
  Driver driver_;
  Unmet unmet_;
  std::shared_ptr<BodySink> body_;  ///< of the last hop
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
