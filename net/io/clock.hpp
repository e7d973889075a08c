#pragma once

// Clocks and the kernel's receive stamps.
//
// Durations come from the monotonic clock. The kernel stamps what it receives with CLOCK_REALTIME; such stamps are used
// as differences only, and dropped when the clock stepped in between (net/io/clock_guard.hpp).

#include <sys/socket.h>
#include <sys/types.h>

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace vedette::net {

/// Nanoseconds of CLOCK_REALTIME since the epoch; zero means there is none.
using Stamp = std::chrono::nanoseconds;

Stamp now_real();
std::chrono::steady_clock::time_point now_monotonic();

/// Asks the kernel to stamp what arrives on `fd`. A kernel that cannot is not an error: stamps then stay zero.
void enable_stamps(int fd);

/// What the socket `fd` is bound to; port zero when it cannot be told.
using LocalEndpoint = std::pair<boost::asio::ip::address, std::uint16_t>;
LocalEndpoint local_endpoint_of(int fd);

/// Whether this kernel stamps what arrives: tried once on a datagram over loopback. Some sandboxes do not.
bool kernel_stamps();

/// The stamp among what came with a message; zero when there is none.
Stamp stamp_in(msghdr& message);

/// recvmsg() that also gives the stamp of the newest byte it returns, and who sent it into the `from_size` bytes at
/// `from`. Errors as recv(): -1 and errno.
ssize_t receive_stamped(int fd, void* buffer, std::size_t size, Stamp& stamp, int flags = 0, void* from = nullptr,
                        socklen_t from_size = 0);

}  // namespace vedette::net
