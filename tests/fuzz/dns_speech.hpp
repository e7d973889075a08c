#pragma once

// What a DNS server says over TCP.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/fuzz/peer.hpp"

namespace vedette::fuzz {

/// Replies, each behind its length in two bytes. With `with_id` the first one gets the id of the query.
inline Speech dns_over_tcp(std::string replies, bool with_id) {
  return [replies = std::move(replies), with_id](std::string_view heard) -> std::optional<Words> {
    constexpr std::size_t kLengthBytes = 2;
    constexpr std::size_t kIdBytes = 2;
    if (!with_id || replies.size() < kLengthBytes + kIdBytes) return Words{replies};
    if (heard.size() < kLengthBytes + kIdBytes) return std::nullopt;
    auto ours = replies;
    ours.replace(kLengthBytes, kIdBytes, heard.substr(kLengthBytes, kIdBytes));
    return Words{std::move(ours)};
  };
}

}  // namespace vedette::fuzz
