#pragma once

// How much a peer may send that carries nothing, such as interim responses, empty frames or records, lines that nobody
// waits for. No real server comes near these bounds; beyond them a run fails with the reason `peer_flood`.

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "base/failure.hpp"

namespace vedette::net {

/// Before a final response. Go's net/http takes 5, curl bounds their bytes.
constexpr int kMaxInterimResponses = 100;
/// Bytes of HTTP/2 frames or TLS records in a row that bring no payload.
constexpr std::size_t kMaxSilentBytes = std::size_t{1} << 20;
/// Lines of a dialogue.
constexpr std::size_t kMaxLines = 100'000;
/// Bytes on a WebSocket's connection for one message.
constexpr std::size_t kMaxMessageBytes = std::size_t{4} << 20;
/// Pings and the like on a WebSocket's connection, each of which costs an answer.
constexpr std::size_t kMaxControlFrames = 10'000;
/// Bytes of a chunk's size and extensions.
constexpr std::size_t kMaxChunkLine = std::size_t{16} << 10;

inline Failure flood(std::size_t bound, std::string_view of) {
  return {Reason::kPeerFlood, fmt::format("the peer sent more than {} {}", bound, of)};
}

}  // namespace vedette::net
