#pragma once

// What an HTTP check expects of the final response, in blackbox_exporter's order: status, headers, body, version, TLS.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "checks/http/body.hpp"
#include "checks/http/settings.hpp"
#include "checks/kind.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::http {

/// Whether it was a pattern or an expression that did not hold (probe_failed_due_to_regex and _cel).
struct Unmet {
  bool regex = false;
  bool cel = false;
};

/// Each fails the run on the first expectation that does not hold; they are asked in this order while none has failed.
/// Status and headers.
Unmet expect_head(RunContext& context, const Expectations& expected, const net::HttpExchange& response);
/// That the body came whole, in its compression and within its limits.
Unmet expect_whole(RunContext& context, const Expectations& expected, const BodySink& body);
/// Patterns and expressions on the body. `expected` is that of the check's settings: a worker may look at a large body
/// longer than the run lasts.
boost::asio::awaitable<Unmet> expect_content(RunContext& context, const Expectations& expected,
                                             std::shared_ptr<const BodySink> body);
/// Version, TLS and certificates.
void expect_connection(RunContext& context, const Expectations& expected, const net::HttpExchange& response,
                       bool secure);

/// Whether `status` is what the check expects.
bool status_expected(const Expectations& expected, int status);

}  // namespace vedette::http
