#pragma once

// The head of the answer to an upgrade, as Boost.Beast takes it: of the fields only those that it looks at, each once.
// Interim responses before it are skipped (RFC 9110 section 15.2).

#include <string>
#include <string_view>

#include "net/io/socket.hpp"

namespace vedette::websocket {

class UpgradeHead {
 public:
  /// What comes over the connection. Something that is no HTTP is left to Beast.
  net::Problem take(std::string_view part);
  /// Whether text() is there.
  [[nodiscard]] bool whole() const { return whole_; }
  /// The head, and behind it what came with it.
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t searched_ = 0;
  int interim_ = 0;
  bool whole_ = false;
};

}  // namespace vedette::websocket
