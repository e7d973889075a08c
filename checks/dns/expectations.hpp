#pragma once

// What a DNS check expects of the reply: return code, truncation, and the records of each section in turn.

#include "checks/dns/message.hpp"
#include "checks/dns/settings.hpp"
#include "checks/kind.hpp"

namespace vedette::dns {

/// Fails the run on the first expectation that does not hold.
void expect_reply(RunContext& context, const DnsSettings& settings, const Reply& reply);

/// The same for the lines of `expect`; `address` is the server's.
boost::asio::awaitable<void> expect_lines(RunContext& context, const DnsSettings& settings, const Reply& reply,
                                          std::string address);

/// Whether any pattern is to be looked at.
bool expects_anything(const SectionExpectations& expected);

/// What of `expected` does not hold for `records`; empty when all does.
std::string section_problem(const SectionExpectations& expected, const std::vector<Record>& records);

}  // namespace vedette::dns
