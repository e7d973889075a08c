#pragma once

// What an HTTP check expects of the final response, in blackbox_exporter's order: status, headers, body, version, TLS.

#include <string>

#include "checks/http/body.hpp"
#include "checks/http/settings.hpp"
#include "checks/kind.hpp"
#include "checks/net/http_exchange.hpp"

namespace vedette::http {

/// Whether it was a pattern or an expression that did not hold (probe_failed_due_to_regex and _cel).
struct Unmet {
  bool regex = false;
  bool cel = false;
};

/// Fails the run on the first expectation that does not hold.
Unmet expect_response(RunContext& context, const Expectations& expected, const net::HttpExchange& response,
                      const BodySink& body, bool secure);

/// Whether `status` is what the check expects.
bool status_expected(const Expectations& expected, int status);

}  // namespace vedette::http
