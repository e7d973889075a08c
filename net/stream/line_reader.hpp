#pragma once

// Lines and exact byte counts from a Stream, out of one bounded buffer.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "net/stream/stream.hpp"

namespace vedette::net {

class LineReader {
 public:
  explicit LineReader(Stream& stream, std::size_t limit = std::size_t{64} << 10) : stream_(stream), limit_(limit) {}

  struct Line {
    std::string text;   ///< without its newline and a carriage return before it
    bool last = false;  ///< the stream ended behind it
  };
  /// The next line; reason `line_too_long` beyond the limit, `peer_flood` beyond kMaxLines. An unterminated last line
  /// is given with `last` set.
  boost::asio::awaitable<tl::expected<Line, Failure>> line();

  /// Exactly `count` bytes; fewer when the stream ends before.
  boost::asio::awaitable<tl::expected<std::string, Failure>> bytes(std::size_t count);

  /// Everything up to and with `end`, at most the limit.
  boost::asio::awaitable<tl::expected<std::string, Failure>> until(std::string_view end);

  /// Whether nothing was read that was not asked for; so it must be before a TLS upgrade.
  [[nodiscard]] bool empty() const { return unread().empty(); }
  /// Up to 4 KiB of all that was said, for evidence.
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  [[nodiscard]] std::string_view unread() const { return std::string_view(buffer_).substr(taken_); }
  /// Takes `count` bytes of what is unread, and gives the first `kept` of them.
  std::string take(std::size_t count, std::size_t kept);
  /// Reads more; false at the end of the stream.
  boost::asio::awaitable<tl::expected<bool, Failure>> more();

  Stream& stream_;
  std::size_t limit_;
  std::string buffer_;
  std::size_t taken_ = 0;  ///< bytes of the buffer that were given out
  std::size_t lines_ = 0;
  std::string heard_;
};

}  // namespace vedette::net
