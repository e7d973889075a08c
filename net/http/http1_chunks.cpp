#include "net/http/http1_chunks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "net/io/flood.hpp"

namespace vedette::net {

namespace {

Failure malformed(std::string_view what) {
  return {Reason::kHttpProtocol, fmt::format("the response is not valid HTTP: {}", what)};
}

}  // namespace

bool ChunkReader::take_line(std::string_view& left, std::size_t bound) {
  if (line_complete_) line_.clear();
  const auto end = left.find('\n');
  line_complete_ = end != std::string_view::npos;
  // One byte more than the bound tells that it is exceeded.
  const auto room = bound + 1 - std::min(bound + 1, line_.size());
  line_.append(left.substr(0, std::min(end, room)));
  left.remove_prefix(line_complete_ ? end + 1 : left.size());
  if (!line_complete_) return false;
  if (line_.ends_with('\r')) {
    line_.pop_back();
  } else {
    bare_newline_ = true;
  }
  return true;
}

Problem ChunkReader::take_size(std::string_view& left) {
  const bool whole = take_line(left, kMaxChunkLine);
  if (line_.size() > kMaxChunkLine)
    return malformed(fmt::format("a chunk's line of more than {} bytes", kMaxChunkLine));
  if (!whole) return std::nullopt;
  // Blanks may stand between the size and the extensions, as Go and curl have it.
  const auto field = std::string_view(line_).substr(0, line_.find(';'));
  const auto digits = strict_ ? field : trim(field);
  constexpr int kHexadecimal = 16;
  const auto* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, data_left_, kHexadecimal);
  if (error != std::errc() || at != end || digits.empty()) {
    return malformed(fmt::format("'{}' is not the size of a chunk", printable(line_, 40)));
  }
  state_ = data_left_ == 0 ? State::kTrailers : State::kData;
  return std::nullopt;
}

Problem ChunkReader::take_data_end(std::string_view& left) {
  const bool whole = take_line(left, 1);
  if (!line_.empty() && (whole || line_ != "\r")) return malformed("a chunk is longer than it says");
  if (whole) state_ = State::kSize;
  return std::nullopt;
}

Problem ChunkReader::take_trailer(std::string_view& left) {
  const auto before = left.size();
  const bool whole = take_line(left, kMaxChunkLine);
  trailer_bytes_ += before - left.size();
  if (trailer_bytes_ > max_trailer_bytes_) {
    return Failure{Reason::kHttpHeadersTooLarge, fmt::format("more than {} bytes of trailers", max_trailer_bytes_)};
  }
  if (whole && line_.empty()) state_ = State::kDone;
  return std::nullopt;
}

Problem ChunkReader::take(std::string_view& left, const Give& give) {
  Problem problem;
  while (!left.empty() && !done() && !problem) {
    if (state_ == State::kSize) {
      problem = take_size(left);
    } else if (state_ == State::kDataEnd) {
      problem = take_data_end(left);
    } else if (state_ == State::kTrailers) {
      problem = take_trailer(left);
    } else {
      const auto part = left.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(data_left_, left.size())));
      data_left_ -= part.size();
      left.remove_prefix(part.size());
      if (data_left_ == 0) state_ = State::kDataEnd;
      if (!give(part)) state_ = State::kDone;
    }
    if (strict_ && bare_newline_ && !problem) problem = malformed("a line ends in a newline alone");
  }
  return problem;
}

}  // namespace vedette::net
