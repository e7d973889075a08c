#pragma once

// The resolve phase as every kind has it: the lookup itself, its phase, its families and its line in the log.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <tl/expected.hpp>

#include "checks/kind.hpp"
#include "net/io/resolver.hpp"

namespace vedette {

extern const Family kIpProtocol;
extern const Family kDnsLookupSeconds;
extern const Family kIpAddrHash;

/// `host` and `settings` must live until it has ended. Resolves `host` in phase resolve of `hop`. The families are
/// measured for hop 0, also when the lookup fails.
boost::asio::awaitable<tl::expected<net::Resolution, Failure>> look_up(RunContext& context, const std::string& host,
                                                                       const net::AddressSettings& settings,
                                                                       int hop = 0);

/// The same families at zero, for a run that fails before there is anything to look up, where blackbox_exporter has
/// looked up by then: rules that compare with them must go on to fire.
void measure_no_lookup(RunContext& context);
/// The same if Go's net.SplitHostPort takes the target: it leaves the port for later.
void measure_no_lookup_of_host_port(RunContext& context);

}  // namespace vedette
