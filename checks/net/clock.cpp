#include "checks/net/clock.hpp"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vedette::net {

namespace {

/// With MSG_TRUNC a TCP socket copies nothing, so the length may exceed any receive buffer.
constexpr std::size_t kWholeQueue = std::size_t{1} << 30U;

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

Stamp stamp_in(msghdr& message) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SO_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(header), sizeof stamps);
    return std::chrono::seconds(stamps.ts[0].tv_sec) + std::chrono::nanoseconds(stamps.ts[0].tv_nsec);
  }
  return {};
}

Peeked peek(int fd, void* buffer, std::size_t size, int flags) {
  Peeked out;
  const auto got = receive_stamped(fd, buffer, size, out.stamp, MSG_PEEK | MSG_DONTWAIT | flags);
  if (got > 0) {
    out.waiting = Waiting::kData;
  } else if (got == 0) {
    out.waiting = Waiting::kEnd;
  } else if (errno != EAGAIN && errno != EINTR) {
    out.waiting = Waiting::kError;
    out.error = errno;
  }
  return out;
}

}  // namespace

Stamp now_real() {
  return read_clock(CLOCK_REALTIME);
}

std::chrono::steady_clock::time_point now_monotonic() {
  return std::chrono::steady_clock::now();
}

void enable_stamps(int fd) {
  const int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

std::uint16_t local_port_of(int fd) {
  sockaddr_storage self{};
  socklen_t size = sizeof self;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&self), &size) != 0) return 0;
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&self)->sin_port);
}

bool kernel_stamps() {
  static const bool answer = [] {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in self{};
    self.sin_family = AF_INET;
    self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof self;
    auto* address = reinterpret_cast<sockaddr*>(&self);
    Stamp stamp{};
    enable_stamps(fd);
    char byte = 0;
    const bool sent = ::bind(fd, address, size) == 0 && ::getsockname(fd, address, &size) == 0 &&
                      ::connect(fd, address, size) == 0 && ::send(fd, &byte, 1, 0) == 1;
    pollfd waiting{fd, POLLIN, 0};
    if (sent && ::poll(&waiting, 1, 1000) == 1) receive_stamped(fd, &byte, 1, stamp);
    ::close(fd);
    return stamp != Stamp::zero();
  }();
  return answer;
}

ssize_t receive_stamped(int fd, void* buffer, std::size_t size, Stamp& stamp, int flags) {
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec part{buffer, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto got = ::recvmsg(fd, &message, flags);
  if (got > 0) stamp = stamp_in(message);
  return got;
}

Peeked peek_oldest(int fd) {
  char byte = 0;
  return peek(fd, &byte, 1, 0);
}

Peeked peek_newest(int fd) {
  return peek(fd, nullptr, kWholeQueue, MSG_TRUNC);
}

}  // namespace vedette::net
