#pragma once

// What comes after a stream has been connected, over TCP or a Unix socket: TLS and the dialogue, and what they measure.

#include <boost/asio/awaitable.hpp>
#include <string>

#include "checks/kind.hpp"
#include "checks/tcp/settings.hpp"
#include "net/stream/stream.hpp"

namespace vedette::tcp {

extern const Family kExpectInfo;
extern const Family kFailedDueToBytes;

/// `name` is the one to verify. All outlive it.
boost::asio::awaitable<net::Problem> converse(RunContext& context, const TcpSettings& settings, net::Stream& stream,
                                              std::string name);

/// The families and facts of the TLS session, when there was one.
void measure_conversation(RunContext& context, const net::Stream& stream);

}  // namespace vedette::tcp
