#include "net/stream/line_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "net/io/flood.hpp"

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeard = 4096;

}  // namespace

std::string LineReader::take(std::size_t count, std::size_t kept) {
  auto out = buffer_.substr(taken_, kept);
  taken_ += count;
  return out;
}

asio::awaitable<tl::expected<bool, Failure>> LineReader::more() {
  std::array<char, 4096> chunk{};
  const auto got = co_await stream_.read_some(chunk);
  if (!got) co_return tl::make_unexpected(got.error());
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_.append(chunk.data(), *got);
  heard_.append(chunk.data(), std::min(*got, kHeard - std::min(kHeard, heard_.size())));
  co_return *got > 0;
}

asio::awaitable<tl::expected<LineReader::Line, Failure>> LineReader::line() {
  if (++lines_ > kMaxLines) co_return tl::make_unexpected(flood(kMaxLines, "lines"));
  if (stream_.must_turn()) {
    if (auto problem = co_await stream_.take_turn()) co_return tl::make_unexpected(std::move(*problem));
  }
  std::size_t searched = 0;
  while (true) {
    const auto end = unread().find('\n', searched);
    if (end < limit_) {
      Line out{take(end + 1, end), false};
      if (!out.text.empty() && out.text.back() == '\r') out.text.pop_back();
      co_return out;
    }
    searched = unread().size();
    if (searched >= limit_) {
      co_return tl::make_unexpected(Failure{Reason::kLineTooLong, fmt::format("a line of {} bytes or more", limit_)});
    }
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) co_return Line{take(searched, searched), true};
  }
}

asio::awaitable<tl::expected<std::string, Failure>> LineReader::bytes(std::size_t count) {
  while (unread().size() < count) {
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) break;
  }
  const auto there = std::min(count, unread().size());
  co_return take(there, there);
}

asio::awaitable<tl::expected<std::string, Failure>> LineReader::until(std::string_view end) {
  std::size_t searched = 0;
  while (true) {
    const auto found = unread().find(end, searched);
    if (found != std::string_view::npos) co_return take(found + end.size(), found + end.size());
    // The end itself may have come in part.
    searched = unread().size() - std::min(unread().size(), end.size() - 1);
    if (unread().size() > limit_) {
      co_return tl::make_unexpected(
          Failure{Reason::kLineTooLong, fmt::format("more than {} bytes without '{}'", limit_, end)});
    }
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) co_return tl::make_unexpected(Failure{Reason::kClosedStarttls, "the peer closed the connection"});
  }
}

}  // namespace vedette::net
