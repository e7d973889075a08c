#pragma once

// Clocks and the kernel's receive stamps.
//
// Durations come from the monotonic clock. The kernel stamps what it receives with CLOCK_REALTIME; such stamps are used
// as differences only, and dropped when the clock stepped in between (checks/clock_guard.hpp).

#include <sys/socket.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vedette::net {

/// Nanoseconds of CLOCK_REALTIME since the epoch; zero means there is none.
using Stamp = std::chrono::nanoseconds;

Stamp now_real();
std::chrono::steady_clock::time_point now_monotonic();

/// Asks the kernel to stamp what arrives on `fd`. A kernel that cannot is not an error: stamps then stay zero.
void enable_stamps(int fd);

/// The port that the socket `fd` is bound to; zero when it cannot be told.
std::uint16_t local_port_of(int fd);

/// Whether this kernel stamps what arrives: tried once on a datagram over loopback. Some sandboxes do not.
bool kernel_stamps();

/// The stamp of the oldest byte that waits to be read on the stream socket `fd`; `state` tells of an end or an error.
enum class Waiting { kData, kNothing, kEnd, kError };
struct Peeked {
  Waiting waiting = Waiting::kNothing;
  Stamp stamp{};
  int error = 0;  ///< errno when waiting is kError
};
Peeked peek_oldest(int fd);

/// The stamp of the newest byte that waits, without reading or copying anything.
Peeked peek_newest(int fd);

/// recvmsg() that also gives the stamp of the newest byte it returns. Errors as recv(): -1 and errno.
ssize_t receive_stamped(int fd, void* buffer, std::size_t size, Stamp& stamp, int flags = 0);

}  // namespace vedette::net
