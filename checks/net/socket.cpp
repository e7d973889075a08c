#include "checks/net/socket.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "checks/net/clock.hpp"
#include "checks/net/errors.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

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
  return Failure{Reason::kSourceAddress,
                 fmt::format("source address {}: {}", source.to_string(), std::strerror(errno))};
}

}  // namespace

SocketSet::SocketSet(const asio::any_io_executor& executor)
    : executor_(executor), set_(executor, [this](int fd, std::uint32_t events) {
        auto* socket = static_cast<std::size_t>(fd) < by_fd_.size() ? by_fd_[static_cast<std::size_t>(fd)] : nullptr;
        if (socket != nullptr) socket->ready(events);
      }) {}

Socket::~Socket() {
  if (fd_ < 0) return;
  set_.by_fd_[static_cast<std::size_t>(fd_)] = nullptr;
  ::close(fd_);
}

Problem Socket::connect(Transport transport, const asio::ip::address& address, std::uint16_t port,
                        const AddressSettings& settings, bool stamped) {
  const bool tcp = transport == Transport::kTcp;
  fd_ = ::socket(address.is_v4() ? AF_INET : AF_INET6, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC,
                 0);
  if (fd_ < 0) return Failure{Reason::kLocalResources, std::strerror(errno)};
  const auto index = static_cast<std::size_t>(fd_);
  if (index >= set_.by_fd_.size()) set_.by_fd_.resize(index + 64, nullptr);
  set_.by_fd_[index] = this;
  if (stamped) enable_stamps(fd_);
  if (settings.source) {
    if (auto problem = bind_source(fd_, *settings.source, address)) return problem;
  }
  const auto remote = address_of(address, port);
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
  watch(EPOLLIN | EPOLLRDHUP);
  const bool answer = co_await readable_.wait();
  readable_.reset();
  co_return answer;
}

asio::awaitable<bool> Socket::writable() {
  // Who writes waits for an answer as well: one call tells of both.
  watch(EPOLLIN | EPOLLRDHUP | EPOLLOUT);
  const bool answer = co_await writable_.wait();
  writable_.reset();
  co_return answer;
}

}  // namespace vedette::net
