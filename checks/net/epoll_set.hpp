#pragma once

// An epoll set of its own, nested in the shard's loop through one descriptor: for C libraries that bring their own
// sockets (libcurl, c-ares). Under plain Asio descriptors libcurl costs 1.6 times as much.
// Lives on the loop's thread; destroying it ends all waiting.

#include <sys/epoll.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>

namespace vedette::net {

class EpollSet {
 public:
  /// `on_event(fd, events)` is called for each ready descriptor, `on_turn()` once after each batch of them.
  EpollSet(const boost::asio::any_io_executor& executor, std::function<void(int, std::uint32_t)> on_event,
           std::function<void()> on_turn);
  ~EpollSet();
  EpollSet(const EpollSet&) = delete;
  EpollSet& operator=(const EpollSet&) = delete;

  /// Watches a new `fd`; closing it ends that. False, and errno, when the kernel has no room for it.
  bool add(int fd, std::uint32_t events);
  /// Watches `fd` for `events` (EPOLLIN, EPOLLOUT); zero stops watching it.
  void watch(int fd, std::uint32_t events);

 private:
  void arm();
  void dispatch();

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void(int, std::uint32_t)> on_event_;
  std::function<void()> on_turn_;
  std::shared_ptr<bool> alive_;
};

}  // namespace vedette::net
