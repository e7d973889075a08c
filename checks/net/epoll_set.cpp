#include "checks/net/epoll_set.hpp"

#include <array>
#include <cerrno>
#include <system_error>

namespace vedette::net {

namespace {

constexpr int kBatch = 64;

int open_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

EpollSet::EpollSet(const boost::asio::any_io_executor& executor, std::function<void(int, std::uint32_t)> on_event,
                   std::function<void()> on_turn)
    : descriptor_(executor, open_epoll()),
      on_event_(std::move(on_event)),
      on_turn_(std::move(on_turn)),
      alive_(std::make_shared<bool>(true)) {
  arm();
}

EpollSet::~EpollSet() {
  *alive_ = false;
}

bool EpollSet::add(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return ::epoll_ctl(descriptor_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EpollSet::watch(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const int set = descriptor_.native_handle();
  if (events == 0) {
    ::epoll_ctl(set, EPOLL_CTL_DEL, fd, &event);
  } else if (::epoll_ctl(set, EPOLL_CTL_MOD, fd, &event) != 0 && errno == ENOENT) {
    ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
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
  if (*alive) on_turn_();
}

}  // namespace vedette::net
