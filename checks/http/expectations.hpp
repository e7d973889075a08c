#pragma once

// What an HTTP check expects of the final response, in blackbox_exporter's order: status, headers, body, version, TLS.

#include <string>

#include "checks/http/body.hpp"
#include "checks/http/settings.hpp"
#include "checks/kind.hpp"
#include "checks/net/http_exchange.hpp"

namespace vedette::http {

/// Fails the run on the first expectation that does not hold. Returns whether a header or body expectation was the one
/// (probe_failed_due_to_regex).
bool expect_response(RunContext& context, const Expectations& expected, const net::HttpExchange& response,
                     const BodySink& body, bool secure);

/// Whether `status` is what the check expects.
bool status_expected(const Expectations& expected, int status);

}  // namespace vedette::http
