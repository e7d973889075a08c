#pragma once

// Reads responses of HTTP/1: heads by Boost.Beast's parser, made to understand what everyone else does; bodies by their
// length, in chunks, or until the connection ends.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/http1_chunks.hpp"
#include "net/http/http_exchange.hpp"
#include "net/io/run_memory.hpp"
#include "net/io/socket.hpp"

namespace vedette::net {

/// Takes a response in pieces, as they come in, and fills an exchange with it. Interim responses are passed over.
class ResponseReader {
 public:
  /// Both outlive the reader.
  ResponseReader(const HttpRequest& request, HttpExchange& out);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  /// Takes what came next; a problem when it is not valid HTTP or too large.
  Problem take(std::string_view part);
  /// Whether the final response is complete, or no more of it is wanted.
  [[nodiscard]] bool done() const;
  /// Whether the server will take another request, and has said nothing more than it was asked.
  [[nodiscard]] bool keeps_alive() const;
  /// The connection has ended; a problem when the response has not.
  Problem end();

 private:
  class Parser;
  /// How the body of the final response ends; unknown before its head has come.
  enum class Framing : std::uint8_t { kUnknown, kLength, kChunks, kConnection };

  Problem take_heads(std::string_view& left);
  Problem take_head(std::string_view& left, bool& whole);
  Problem take_body(std::string_view& left);
  /// Gives a part of the body to the one who wants it; false when no more is wanted.
  bool give(std::string_view part);

  const HttpRequest& request_;
  HttpExchange& out_;
  std::unique_ptr<Parser> parser_;
  Framing framing_ = Framing::kUnknown;
  std::uint64_t length_left_ = 0;
  ChunkReader chunks_;
  int interim_ = 0;           ///< interim responses so far
  std::string kept_;          ///< of a head that is not complete
  std::size_t searched_ = 0;  ///< how far the head's end was looked for
  bool surplus_ = false;      ///< more came than the response
  Held held_;
};

}  // namespace vedette::net
