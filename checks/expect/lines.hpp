#pragma once

// `expect:` lines asked of a run: what is the same for every kind.

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "checks/kind.hpp"
#include "language/lines/expectations.hpp"
#include "net/tls/tls_facts.hpp"

namespace vedette {

/// The facts of a connection over TLS: its certificate, and `tls_version`, `cipher`, `alpn` and `ocsp`.
void describe_tls(const net::TlsFacts& facts, language::Subject& subject);

/// Whether somebody will look at what the run was answered.
bool wants_answer(const RunContext& context, const std::vector<language::Expectation>& lines);

/// Adds the run's times to `subject` and fails the run with the first line that does not hold; all of them become
/// evidence. A step of a scenario gets the answer instead, and asks its own. `lines` are those of the check's settings.
boost::asio::awaitable<void> expect_lines(RunContext& context, const std::vector<language::Expectation>& lines,
                                          language::Subject subject);

}  // namespace vedette
