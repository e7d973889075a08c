#pragma once

// Reads responses of HTTP/1: Boost.Beast's parser, made to understand what everyone else does.

#include <memory>
#include <string>
#include <string_view>

#include "checks/net/http_exchange.hpp"
#include "checks/net/socket.hpp"

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

  Problem parse(std::string_view& left);
  Problem take_head(std::string_view& left, bool& whole);

  const HttpRequest& request_;
  HttpExchange& out_;
  std::unique_ptr<Parser> parser_;
  std::string kept_;  ///< what the parser cannot take yet
};

}  // namespace vedette::net
