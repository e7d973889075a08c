#include "net/io/clock.hpp"

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

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Stamp stamp_in(msghdr& message) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SO_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(header), sizeof stamps);
    return std::chrono::seconds(stamps.ts[0].tv_sec) + std::chrono::nanoseconds(stamps.ts[0].tv_nsec);
  }
  return {};
}

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

LocalEndpoint local_endpoint_of(int fd) {
  namespace ip = boost::asio::ip;
  sockaddr_storage self{};
  socklen_t size = sizeof self;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&self), &size) != 0) return {};
  if (self.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(self);
    ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return {ip::address_v6(bytes, six.sin6_scope_id), ntohs(six.sin6_port)};
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(self);
  return {ip::address_v4(ntohl(four.sin_addr.s_addr)), ntohs(four.sin_port)};
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

ssize_t receive_stamped(int fd, void* buffer, std::size_t size, Stamp& stamp, int flags, void* from,
                        socklen_t from_size) {
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec part{buffer, size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  message.msg_name = from;
  message.msg_namelen = from_size;
  const auto got = ::recvmsg(fd, &message, flags);
  if (got > 0) stamp = stamp_in(message);
  return got;
}

}  // namespace vedette::net
