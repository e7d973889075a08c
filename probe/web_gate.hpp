#pragma once

// Who may use the endpoints now: the web configuration in force, read anew when its files change. On the web server's
// thread.

#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <string>

#include "probe/web_config.hpp"
#include "probe/web_server.hpp"

namespace vedette {

class WebGate {
 public:
  /// Everybody may.
  WebGate() = default;
  /// As `path` says; throws std::runtime_error with what is wrong in it.
  explicit WebGate(std::string path);

  /// Reads the files again when they have changed; what has changed for the worse leaves the old configuration in
  /// force.
  void refresh();
  [[nodiscard]] const WebConfig& config() const { return config_; }
  /// Why a request gets no answer; nothing when it may have one.
  std::optional<WebResponse> refuse(const WebRequest& request);

 private:
  [[nodiscard]] std::string stamps() const;
  bool knows(const std::string& authorization);
  bool within_rate();

  std::string path_;
  std::string stamps_;
  WebConfig config_;
  std::set<std::string> known_;  ///< digests of what was accepted: a bcrypt hash takes a tenth of a second
  double tokens_ = 0;
  std::chrono::steady_clock::time_point refilled_;
};

}  // namespace vedette
