#pragma once

// Connections that wait for another request of whoever owns them; on the loop's thread.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http/http2.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// A server that has been reached, and what is spoken with it.
struct HttpConnection {
  explicit HttpConnection(Activity& context) : stream(context) {}

  Stream stream;
  std::unique_ptr<Http2Session> http2;  ///< nullptr: HTTP/1
};

/// Whether a request of this method may be sent twice (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method);

class HttpConnections {
 public:
  /// One that waits for a request such as this, or nullptr. What the server has closed meanwhile is dropped.
  std::unique_ptr<HttpConnection> take(const HttpRequest& request);
  void keep(const HttpRequest& request, std::unique_ptr<HttpConnection> connection);
  void clear() { idle_.clear(); }

 private:
  /// What two requests must have in common to share a connection.
  struct Key {
    bool secure;
    std::string host;
    std::uint16_t port;
    std::string socket;
    std::string address;
    std::string proxy;
    bool http2;
    bool only_http2;
    TlsMaterialPtr tls;
    std::string verify_name;
    /// Checked when a connection is made: one that was made without them does not count.
    std::vector<std::string> pinned_keys;
    friend bool operator==(const Key&, const Key&) = default;
  };
  static Key key_of(const HttpRequest& request);

  std::vector<std::pair<Key, std::unique_ptr<HttpConnection>>> idle_;
};

}  // namespace vedette::net
