#pragma once

// What systemd is told, when it started us (Type=notify); without it these do nothing.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace vedette::service_manager {

void ready(const std::string& status);
void reloading();
void stopping();
void alive();

/// How often alive() must be called, when the unit has a watchdog: half of its time.
std::optional<std::chrono::microseconds> watchdog_interval();

/// The listening sockets that were passed to us, as descriptors.
std::vector<int> sockets();

}  // namespace vedette::service_manager
