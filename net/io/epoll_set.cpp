#include "net/io/epoll_set.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace vedette::net {

namespace {

/// Few enough that the loop comes to its timers in between: an event may be a step of a handshake, half a millisecond.
constexpr int kBatch = 16;

int open_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

EpollSet::EpollSet(const boost::asio::any_io_executor& executor, std::function<void(int, std::uint32_t)> on_event)
    : descriptor_(executor, open_epoll()), on_event_(std::move(on_event)), alive_(std::make_shared<bool>(true)) {
  arm();
}

EpollSet::~EpollSet() {
  *alive_ = false;
}

bool EpollSet::control(int operation, int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(descriptor_.native_handle(), operation, fd, &event) == 0;
}

bool EpollSet::add(int fd, std::uint32_t events) {
  return control(EPOLL_CTL_ADD, fd, events);
}

bool EpollSet::change(int fd, std::uint32_t events) {
  return control(EPOLL_CTL_MOD, fd, events);
}

void EpollSet::watch(int fd, std::uint32_t events) {
  if (events == 0) {
    control(EPOLL_CTL_DEL, fd, events);
  } else if (!change(fd, events) && errno == ENOENT) {
    add(fd, events);
  }
}

void EpollSet::arm() {
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                         [this, alive = alive_](const boost::system::error_code& error) {
                           if (error || !*alive) return;
                           dispatch();
                           if (*alive) arm();
                         });
}

void EpollSet::dispatch() {
  std::array<epoll_event, kBatch> events{};
  const auto alive = alive_;
  const int count = ::epoll_wait(descriptor_.native_handle(), events.data(), kBatch, 0);
  for (int i = 0; i < count && *alive; ++i) on_event_(events[i].data.fd, events[i].events);
}

}  // namespace vedette::net
