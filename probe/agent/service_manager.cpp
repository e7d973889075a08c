#include "probe/agent/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <time.h>

namespace vedette::service_manager {

void ready(const std::string& status) {
  sd_notify(0, fmt::format("READY=1\nSTATUS={}", status).c_str());
}

void reloading() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1000000 + now.tv_nsec / 1000).c_str());
}

void stopping() {
  sd_notify(0, "STOPPING=1");
}

void alive() {
  sd_notify(0, "WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds / 2);
}

std::vector<int> sockets() {
  std::vector<int> out;
  const int count = sd_listen_fds(1);
  for (int i = 0; i < count; ++i) out.push_back(SD_LISTEN_FDS_START + i);
  return out;
}

}  // namespace vedette::service_manager
