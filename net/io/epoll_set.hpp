#pragma once

// An epoll set of its own, nested in the shard's loop through one descriptor: for C libraries that bring their own
// sockets (c-ares), or for ours (net/io/socket).
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
  /// `on_event(fd, events)` is called for each ready descriptor.
  EpollSet(const boost::asio::any_io_executor& executor, std::function<void(int, std::uint32_t)> on_event);
  ~EpollSet();
  EpollSet(const EpollSet&) = delete;
  EpollSet& operator=(const EpollSet&) = delete;

  /// Watches a new `fd`; closing it ends that. False, and errno, when the kernel has no room for it.
  bool add(int fd, std::uint32_t events);
  /// Watches an `fd` that was added for other events. False, and errno, when it was not added.
  bool change(int fd, std::uint32_t events);
  /// Watches `fd`, new or not, for `events` (EPOLLIN, EPOLLOUT); zero stops watching it.
  void watch(int fd, std::uint32_t events);

 private:
  bool control(int operation, int fd, std::uint32_t events);
  void arm();
  void dispatch();

  boost::asio::posix::stream_descriptor descriptor_;
  std::function<void(int, std::uint32_t)> on_event_;
  std::shared_ptr<bool> alive_;
};

}  // namespace vedette::net
