#include "checks/net/line_reader.hpp"

#include <fmt/format.h>

#include <array>

namespace vedette::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeard = 4096;

}  // namespace

asio::awaitable<tl::expected<bool, Failure>> LineReader::more() {
  std::array<char, 4096> chunk{};
  const auto got = co_await stream_.read_some(chunk);
  if (!got) co_return tl::make_unexpected(got.error());
  buffer_.append(chunk.data(), *got);
  heard_.append(chunk.data(), std::min(*got, kHeard - std::min(kHeard, heard_.size())));
  co_return *got > 0;
}

asio::awaitable<tl::expected<LineReader::Line, Failure>> LineReader::line() {
  while (true) {
    const auto end = buffer_.find('\n');
    if (end < limit_) {
      Line out{buffer_.substr(0, end), false};
      buffer_.erase(0, end + 1);
      if (!out.text.empty() && out.text.back() == '\r') out.text.pop_back();
      co_return out;
    }
    if (buffer_.size() >= limit_) {
      co_return tl::make_unexpected(Failure{Reason::kLineTooLong, fmt::format("a line of {} bytes or more", limit_)});
    }
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) {
      Line out{std::move(buffer_), true};
      buffer_.clear();
      co_return out;
    }
  }
}

asio::awaitable<tl::expected<std::string, Failure>> LineReader::bytes(std::size_t count) {
  while (buffer_.size() < count) {
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) break;
  }
  std::string out = buffer_.substr(0, count);
  buffer_.erase(0, out.size());
  co_return out;
}

asio::awaitable<tl::expected<std::string, Failure>> LineReader::until(std::string_view end) {
  while (true) {
    const auto found = buffer_.find(end);
    if (found != std::string::npos) {
      std::string out = buffer_.substr(0, found + end.size());
      buffer_.erase(0, out.size());
      co_return out;
    }
    if (buffer_.size() > limit_) {
      co_return tl::make_unexpected(
          Failure{Reason::kLineTooLong, fmt::format("more than {} bytes without '{}'", limit_, end)});
    }
    const auto grew = co_await more();
    if (!grew) co_return tl::make_unexpected(grew.error());
    if (!*grew) co_return tl::make_unexpected(Failure{Reason::kClosedStarttls, "the peer closed the connection"});
  }
}

}  // namespace vedette::net
