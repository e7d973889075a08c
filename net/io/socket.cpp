#include "net/io/socket.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "net/io/clock.hpp"
#include "net/io/errors.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr int kFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr std::uint32_t kIncoming = EPOLLIN | EPOLLRDHUP;
constexpr std::size_t kMaxIdle = 64;
constexpr int kMaxStale = 100;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress address_of(const asio::ip::address& address, std::uint16_t port) {
  SocketAddress out;
  if (address.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(out.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    in.sin_addr.s_addr = htonl(address.to_v4().to_uint());
    out.size = sizeof in;
  } else {
    auto& in = reinterpret_cast<sockaddr_in6&>(out.storage);
    const auto bytes = address.to_v6().to_bytes();
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    in.sin6_scope_id = static_cast<std::uint32_t>(address.to_v6().scope_id());
    std::copy(bytes.begin(), bytes.end(), std::begin(in.sin6_addr.s6_addr));
    out.size = sizeof in;
  }
  return out;
}

Problem bind_source(int fd, const asio::ip::address& source, const asio::ip::address& target) {
  if (source.is_v4() != target.is_v4()) {
    return Failure{Reason::kSourceAddress, fmt::format("source address {} and target {} are of different families",
                                                       source.to_string(), target.to_string())};
  }
  const auto local = address_of(source, 0);
  if (::bind(fd, local.get(), local.size) == 0) return std::nullopt;
  const int error = errno;
  return Failure{Reason::kSourceAddress,
                 fmt::format("source address {}: {}", source.to_string(), std::strerror(error))};
}

/// Unprivileged where the kernel lets us (net.ipv4.ping_group_range), else raw.
int open_icmp(bool v6) {
  const int family = v6 ? AF_INET6 : AF_INET;
  const int protocol = v6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  const int fd = ::socket(family, SOCK_DGRAM | kFlags, protocol);
  return fd >= 0 ? fd : ::socket(family, SOCK_RAW | kFlags, protocol);
}

}  // namespace

SocketSet::SocketSet(const asio::any_io_executor& executor)
    : executor_(executor), set_(executor, [this](int fd, std::uint32_t events) {
        auto* socket = static_cast<std::size_t>(fd) < by_fd_.size() ? by_fd_[static_cast<std::size_t>(fd)] : nullptr;
        if (socket != nullptr) socket->ready(events);
      }) {}

SocketSet::~SocketSet() {
  for (const auto* sockets : {&idle_v4_, &idle_v6_}) {
    for (const int fd : *sockets) ::close(fd);
  }
}

Socket::~Socket() {
  if (fd_ < 0) return;
  set_.by_fd_[static_cast<std::size_t>(fd_)] = nullptr;
  if (!keep()) ::close(fd_);
}

bool Socket::keep() const {
  auto& idle = set_.idle(v6_);
  if (!reusable_ || watched_ == 0 || idle.size() >= kMaxIdle) return false;
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  if (::connect(fd_, &nobody, sizeof nobody) != 0) return false;
  // It has no port any more: what it holds now is all that was sent to the old one.
  for (int i = 0; i < kMaxStale; ++i) {
    char byte = 0;
    if (::recv(fd_, &byte, 1, 0) >= 0 || errno != EAGAIN) continue;
    idle.push_back(fd_);
    return true;
  }
  return false;
}

Problem Socket::open(Transport transport, bool v6, Opening opening) {
  v6_ = v6;
  auto& idle = set_.idle(v6);
  if (reusable_ && !idle.empty()) {
    fd_ = idle.back();
    idle.pop_back();
    watched_ = kIncoming | EPOLLET;
  } else {
    const int type = transport == Transport::kTcp ? SOCK_STREAM : SOCK_DGRAM;
    fd_ = transport == Transport::kIcmp ? open_icmp(v6) : ::socket(v6 ? AF_INET6 : AF_INET, type | kFlags, 0);
    const bool forbidden = fd_ < 0 && (errno == EPERM || errno == EACCES);
    if (forbidden && transport == Transport::kIcmp) {
      return Failure{Reason::kLocalResources,
                     "we may not ping: it takes CAP_NET_RAW, or a group within net.ipv4.ping_group_range"};
    }
    if (fd_ < 0) return Failure{Reason::kLocalResources, std::strerror(errno)};
    if (opening != Opening::kNothing) enable_stamps(fd_);
    // Who speaks at once sends the last packet of TCP's handshake together with what he says: the peer wakes up once.
    const int off = 0;
    if (type == SOCK_STREAM && opening == Opening::kSpeaks) {
      ::setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
    }
  }
  enlist();
  return std::nullopt;
}

void Socket::enlist() {
  const auto index = static_cast<std::size_t>(fd_);
  if (index >= set_.by_fd_.size()) set_.by_fd_.resize(index + 64, nullptr);
  set_.by_fd_[index] = this;
}

Problem Socket::connect(const std::string& path) {
  if (auto failure = set_.egress().refuses_socket(path)) return failure;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) {
    return Failure{Reason::kTargetInvalid,
                   fmt::format("a socket's path has fewer than {} bytes", sizeof name.sun_path)};
  }
  std::copy(path.begin(), path.end(), std::begin(name.sun_path));
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | kFlags, 0);
  if (fd_ < 0) return Failure{Reason::kLocalResources, std::strerror(errno)};
  enlist();
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return std::nullopt;
  if (errno == EAGAIN) return Failure{Reason::kConnectRefused, "the server's queue is full"};
  if (errno == EACCES) return Failure{Reason::kLocalFile, "we may not use the socket"};
  return failure_of(errno, Phase::kConnect);
}

Problem Socket::connect(Transport transport, const Endpoint& to, const AddressSettings& settings, Opening opening) {
  const auto& address = to.address;
  if (auto failure = set_.egress().refuses({to.name, address, to.port})) return failure;
  if (!settings.source_problem.empty()) return Failure{Reason::kSourceAddress, settings.source_problem};
  reusable_ = transport == Transport::kUdp && !settings.source;
  if (auto problem = open(transport, address.is_v6(), opening)) return problem;
  if (settings.source) {
    if (auto problem = bind_source(fd_, *settings.source, address)) return problem;
  }
  const auto remote = address_of(address, to.port);
  if (::connect(fd_, remote.get(), remote.size) != 0 && errno != EINPROGRESS) return failure_of(errno, Phase::kConnect);
  return std::nullopt;
}

void Socket::watch(std::uint32_t events) {
  if ((watched_ & events) == events) return;
  const bool first = watched_ == 0;
  watched_ |= events | EPOLLET;
  if (!(first ? set_.set_.add(fd_, watched_) : set_.set_.change(fd_, watched_))) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

void Socket::ready(std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0) readable_.notify();
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) writable_.notify();
}

asio::awaitable<bool> Socket::readable() {
  watch(kIncoming);
  const bool answer = co_await readable_.wait();
  readable_.reset();
  co_return answer;
}

asio::awaitable<bool> Socket::writable() {
  // Who writes waits for an answer as well: one call tells of both.
  watch(kIncoming | EPOLLOUT);
  const bool answer = co_await writable_.wait();
  writable_.reset();
  co_return answer;
}

}  // namespace vedette::net
