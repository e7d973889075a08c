#pragma once

// Who may use the endpoints now: the web configuration in force, read anew when its files change. On the web server's
// thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/workers.hpp"
#include "probe/web/web_config.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

class WebGate {
 public:
  /// Everybody may.
  WebGate() = default;
  /// As `path` says; throws std::runtime_error with what is wrong in it. `home` is the web server's loop.
  WebGate(const boost::asio::any_io_executor& home, std::string path);

  /// Reads the files again when they have changed; what has changed for the worse leaves the old configuration in
  /// force.
  void refresh();
  [[nodiscard]] const WebConfig& config() const { return config_; }
  /// Why a request gets no answer; nothing when it may have one. Passwords are compared by a thread of their own; who
  /// sends wrong ones has to wait, and so does everybody else at the same address who is not known yet.
  boost::asio::awaitable<std::optional<WebResponse>> refuse(const WebRequest& request);

 private:
  [[nodiscard]] std::string stamps() const;
  /// The user's name, a colon and the password, when they are plausible.
  struct Pair {
    std::string user;
    std::string password;
    std::string digest;
  };
  static std::optional<Pair> pair_of(const std::string& authorization);
  boost::asio::awaitable<std::optional<WebResponse>> refuse_unknown(Pair pair, std::string client);
  /// A comparison that goes on; who sends the same pair meanwhile waits for it.
  struct Trial;
  boost::asio::awaitable<bool> wait_for(std::shared_ptr<Trial> trial);
  bool within_rate();
  /// Whether `client` may try one more password now.
  bool may_try(const std::string& client);
  void begin_try(const std::string& client);
  [[nodiscard]] bool is_hash_of(const std::string& user, const std::string& hash) const;

  std::string path_;
  std::string stamps_;
  WebConfig config_;
  std::set<std::string> known_;  ///< digests of what was accepted: a bcrypt hash takes a tenth of a second
  struct Attempts {
    double failures = 0;  ///< less one for each kForgiven
    std::chrono::steady_clock::time_point at;
    bool trying = false;
  };
  std::map<std::string, Attempts> attempts_;              ///< by address
  std::map<std::string, std::shared_ptr<Trial>> trials_;  ///< by digest
  boost::asio::any_io_executor home_;
  std::unique_ptr<Workers> hasher_;  ///< where there are passwords
  double tokens_ = 0;
  std::chrono::steady_clock::time_point refilled_;
};

}  // namespace vedette
