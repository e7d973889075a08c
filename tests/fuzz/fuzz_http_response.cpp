// Responses of HTTP/1: what comes of one does not depend on how the network cuts it.

#include <cstdlib>
#include <string>

#include "net/http/http1_response.hpp"

namespace {

struct Outcome {
  vedette::Reason reason = vedette::Reason::kNone;
  bool done = false;
  int status = 0;
  std::string version;
  vedette::net::Headers headers;
  std::string body;
};

Outcome read(std::string_view text, std::size_t piece, bool head) {
  Outcome out;
  vedette::net::HttpRequest request;
  request.method = head ? "HEAD" : "GET";
  request.max_header_bytes = 1024;
  request.on_body = [&](std::string_view part) {
    out.body += part;
    return true;
  };
  vedette::net::HttpExchange exchange;
  vedette::net::ResponseReader reader(request, exchange);
  vedette::net::Problem problem;
  while (!text.empty() && !problem && !reader.done()) {
    problem = reader.take(text.substr(0, piece));
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (!problem && !reader.done()) problem = reader.end();
  if (problem) out.reason = problem->reason;
  out.done = reader.done();
  out.status = exchange.status;
  out.version = exchange.version;
  out.headers = exchange.headers;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool head = (data[0] & 1U) != 0;
  const std::size_t piece = 1 + data[0] / 2U;
  const auto whole = read(text, size, head);
  const auto cut = read(text, piece, head);
  // A body may end early in a fault that came together with a part of it.
  const bool same = whole.reason == cut.reason && whole.done == cut.done && whole.status == cut.status &&
                    whole.version == cut.version && whole.headers == cut.headers;
  if (!same || (whole.done && whole.body != cut.body)) std::abort();
  return 0;
}
