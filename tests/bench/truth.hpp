#pragma once

// What the delay server knows better than anybody: how long it really kept each request.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/io/clock.hpp"

namespace vedette::bench {

/// From the kernel's receive stamp of a request to the moment before its answer was sent, by the request's own number
/// and by the peer's port, of which one may come again after a second. A server that comes late is thereby no error of
/// who measures it.
class Truth {
 public:
  void add(std::uint64_t id, std::uint16_t port, net::Stamp kept) {
    by_id_[id] = kept;
    by_port_[port].push_back(kept);
  }
  /// As add(), for requests that carry no number.
  void add_for_port(std::uint16_t port, net::Stamp kept) { by_port_[port].push_back(kept); }
  void clear() {
    by_id_.clear();
    by_port_.clear();
  }

  /// A line each: `id N NANOSECONDS` and `port N NANOSECONDS`.
  [[nodiscard]] std::string text() const;

 private:
  std::unordered_map<std::uint64_t, net::Stamp> by_id_;
  std::unordered_map<std::uint16_t, std::vector<net::Stamp>> by_port_;  ///< in their order
};

}  // namespace vedette::bench
