#pragma once

// A body in chunks (RFC 9112 section 7.1), taken in pieces as they come. Holds no more than the line that it is in:
// Boost.Beast's parser wants a chunk's whole line and all trailers at once, however long a server makes them, reads
// them from the start with each piece, and asserts when a last chunk is cut in two.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "net/io/socket.hpp"

namespace vedette::net {

class ChunkReader {
 public:
  /// Gets data; returns false when no more is wanted.
  using Give = std::function<bool(std::string_view)>;

  /// Servers that end lines with a newline alone, or put blanks behind a size, are understood as curl and Go do; what a
  /// client sends must be as the RFC has it, or a proxy and we might not see the same requests.
  enum class Lines : std::uint8_t { kLenient, kStrict };

  /// `max_trailer_bytes`: of all lines behind the last chunk, which are passed over.
  explicit ChunkReader(std::size_t max_trailer_bytes, Lines lines = Lines::kLenient)
      : max_trailer_bytes_(max_trailer_bytes), strict_(lines == Lines::kStrict) {}

  /// Takes what is of the body off the front of `left`, all of it unless the body ends. A problem when it is not valid
  /// or exceeds a bound.
  Problem take(std::string_view& left, const Give& give);
  /// Whether the last chunk and its trailers have come, or no more is wanted.
  [[nodiscard]] bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailers, kDone };

  /// Takes up to and with a newline; true when the line is complete in `line_`, without what ends it.
  bool take_line(std::string_view& left, std::size_t bound);
  Problem take_size(std::string_view& left);
  Problem take_data_end(std::string_view& left);
  Problem take_trailer(std::string_view& left);

  std::size_t max_trailer_bytes_;
  bool strict_;
  bool bare_newline_ = false;  ///< a line had no carriage return before its newline
  State state_ = State::kSize;
  std::uint64_t data_left_ = 0;
  std::string line_;
  bool line_complete_ = false;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace vedette::net
