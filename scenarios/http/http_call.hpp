#pragma once

// One HTTP request of a scenario with the redirects behind it, as a run of its own with its deadline. Its cookies and
// connections are the scenario's.

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "checks/http/cookie_jar.hpp"
#include "checks/http/token_settings.hpp"
#include "checks/kind.hpp"
#include "language/lines/subject.hpp"
#include "net/http/http_connections.hpp"
#include "scenarios/http/http_options.hpp"
#include "scenarios/model/limits.hpp"
#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

/// A request when all placeholders are known.
struct HttpRequestSpec {
  std::string method;
  std::string url;
  net::Headers headers;
  std::string cookies;  ///< beside those of the jar
  std::optional<std::string> body;
  std::string content_type;  ///< when the headers have none
  bool hurl = false;
  HttpOptions options;
  std::shared_ptr<const http::TokenSettings> oauth2;
};

/// What it may use, and where its answer goes.
struct HttpCall {
  HttpRequestSpec spec;
  http::CookieJar* jar = nullptr;
  net::HttpConnections* connections = nullptr;
  std::int64_t* requests_left = nullptr;
  std::mt19937_64* random = nullptr;
  Duration* prepared = nullptr;  ///< gets the time that was the program's own
  bool keeps_cookies = true;     ///< of answers, in the jar
  std::size_t max_body = 0;
  std::size_t max_inflated = 0;
  std::size_t max_inflation = 0;  ///< times
  std::size_t excerpt = 0;

  // What came of it.
  std::vector<CallRecord> calls;
  language::Subject subject;
  bool answered = false;
  std::string limit;                           ///< the name of the one that was reached
  std::optional<language::FaultKind> fault{};  ///< instead of a failed connection
  std::vector<std::string> secrets;            ///< that it came to know: tokens
};

/// The settings of its check; `call` outlives the run.
struct HttpCallSettings final : Settings {
  explicit HttpCallSettings(HttpCall& of) : call(of) {}
  HttpCall& call;
};

extern const Kind kHttpCall;

}  // namespace vedette::scenarios
