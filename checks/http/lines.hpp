#pragma once

// An HTTP response as the line language asks it.

#include <functional>
#include <string>
#include <vector>

#include "checks/http/body.hpp"
#include "checks/kind.hpp"
#include "checks/net/http_exchange.hpp"
#include "language/expectations.hpp"

namespace vedette::http {

/// What else than the response a line may ask for.
struct Journey {
  std::string url;  ///< of the last hop
  std::string ip;   ///< of the last peer
  std::vector<language::Redirect> redirects;
  std::function<std::string(std::string)> redacted;  ///< masks the check's secrets
};

/// Fails the run with the first line that does not hold; all of them become evidence.
void expect_lines(RunContext& context, const std::vector<language::Expectation>& lines,
                  const net::HttpExchange& response, const BodySink& body, const Journey& journey);

}  // namespace vedette::http
