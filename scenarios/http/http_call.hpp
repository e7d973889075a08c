#pragma once

// One HTTP request of a scenario with the redirects behind it. Its cookies and connections are the scenario's.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "checks/http/driver.hpp"
#include "checks/http/token_settings.hpp"
#include "language/lines/subject.hpp"
#include "net/io/run_memory.hpp"
#include "scenarios/http/http_options.hpp"
#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

/// A request when all placeholders are known.
struct RenderedRequest {
  http::RequestPlan plan;
  std::string url{};
  std::shared_ptr<const http::TokenSettings> oauth2{};
};

/// What a request may use and change; all of it is the scenario's.
struct CallResources {
  http::CookieJar& jar;
  net::HttpConnections& connections;
  std::int64_t& requests_left;
  std::mt19937_64& random;
  Duration& prepared;  ///< the time that was the program's own
  bool keeps_cookies = true;
};

struct CallLimits {
  std::size_t body = 0;
  std::size_t inflated = 0;
  std::size_t inflation = 0;  ///< times
  std::size_t excerpt = 0;
};

class HttpCall final : public http::Asker {
 public:
  HttpCall(RenderedRequest request, const HttpOptions& options, CallResources resources, CallLimits limits)
      : request_(std::move(request)), options_(options), resources_(resources), limits_(limits) {}

  /// The run, in which failures are.
  boost::asio::awaitable<void> go(RunContext& context);

  [[nodiscard]] const RenderedRequest& request() const { return request_; }

  // What came of it.
  std::vector<CallRecord> calls;
  language::Subject subject;                   ///< `reading` is set before
  std::string limit;                           ///< the name of the one that was reached
  std::optional<language::FaultKind> fault{};  ///< instead of a failed connection
  std::vector<std::string> secrets;            ///< that it came to know: tokens

 private:
  void refuse(language::FaultKind kind, Failure failure);
  bool usable();
  boost::asio::awaitable<bool> get_token();
  const net::TlsClient& tls() override;
  bool may_ask() override;
  void expect_body(net::HttpRequest& request) override;
  bool take(const http::Url& url, const net::HttpRequest& request, const net::HttpExchange& response,
            net::Problem problem) override;
  [[nodiscard]] std::size_t received() const override { return raw_.size(); }
  void keep_secret(std::string secret) override { secrets.push_back(std::move(secret)); }
  void ask_again() override { calls.pop_back(); }
  void note_call(const http::Url& url, const net::HttpRequest& request, const net::HttpExchange& response);
  boost::asio::awaitable<void> finish();
  boost::asio::awaitable<void> decode_body();

  RenderedRequest request_;
  const HttpOptions& options_;
  CallResources resources_;
  CallLimits limits_;
  RunContext* context_ = nullptr;
  std::optional<http::Driver> driver_;
  net::TlsClient tls_;
  std::string raw_;                                        ///< the body as it came
  std::shared_ptr<Held> held_ = std::make_shared<Held>();  ///< for the body and its copy
  bool too_large_ = false;
  bool no_memory_ = false;
};

}  // namespace vedette::scenarios
