#include "net/http/http_connections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vedette::net {

bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS" ||
         method == "TRACE";
}

HttpConnections::Key HttpConnections::key_of(const HttpRequest& request) {
  std::string proxy;
  if (request.proxy) {
    proxy = fmt::format("{} {} {} {}", request.proxy->at.address.to_string(), request.proxy->at.port,
                        request.proxy->user, request.proxy->password);
  }
  return {request.secure,
          request.host,
          request.port,
          request.socket,
          request.address ? request.address->to_string() : std::string(),
          std::move(proxy),
          request.http2,
          request.only_http2,
          request.tls,
          request.verify_name,
          request.pinned_keys};
}

std::unique_ptr<HttpConnection> HttpConnections::take(const HttpRequest& request) {
  const auto key = key_of(request);
  // An HTTP/1 server has nothing to say unasked but that it closes.
  std::erase_if(idle_, [&](const auto& entry) {
    return entry.first == key && !entry.second->http2 && !entry.second->stream.is_silent();
  });
  const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const auto& entry) { return entry.first == key; });
  if (found == idle_.end()) return nullptr;
  auto out = std::move(found->second);
  idle_.erase(found);
  return out;
}

void HttpConnections::keep(const HttpRequest& request, std::unique_ptr<HttpConnection> connection) {
  constexpr std::size_t kMax = 16;
  if (idle_.size() >= kMax) idle_.erase(idle_.begin());
  idle_.emplace_back(key_of(request), std::move(connection));
}

}  // namespace vedette::net
