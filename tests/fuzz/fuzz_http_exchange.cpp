// HTTP/1 as a check reads it off a connection: in pieces, with redirects, compressed or not. A good response that the
// peer makes of the input must be understood however it is cut.
//
// Input: the peer's manner; a byte of flags (1: the check expects gzip, 2: what follows is only a body, 4: the peer
// sends that body in chunks); responses with ||| between them, one for each connection. The last one is repeated.

#include <fmt/format.h>

#include <algorithm>

#include "checks/http/run.hpp"
#include "probe/web/gzip.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;

constexpr std::uint8_t kGzip = 1;
constexpr std::uint8_t kBodyOnly = 2;
constexpr std::uint8_t kChunked = 4;

std::string response_with(std::string_view body, bool chunked, std::size_t piece) {
  const std::string status = "HTTP/1.1 200 OK\r\n";
  if (!chunked) return fmt::format("{}Content-Length: {}\r\n\r\n{}", status, body.size(), body);
  std::string out = status + "Transfer-Encoding: chunked\r\n\r\n";
  while (!body.empty()) {
    const auto part = body.substr(0, piece == 0 ? body.size() : piece);
    out += fmt::format("{:x}\r\n{}\r\n", part.size(), part);
    body.remove_prefix(part.size());
  }
  return out + "0\r\n\r\n";
}

/// Whether the run was cut short for want of time or memory, which a busy machine may do to any run.
bool was_cut_short(const Result& result) {
  return result.verdict == Verdict::kUnknown || name_of(result.reason).starts_with("timeout");
}

void run_body(const CheckPtr& check, const Manner& manner, std::uint8_t wishes, std::string_view text) {
  auto body = std::string(text);
  if ((wishes & kGzip) != 0) body = gzip(text);
  const auto response = response_with(body, (wishes & kChunked) != 0, manner.piece);
  const auto result = Harness::get().run(check, manner, Words{response});
  // A body that grows to many times its size may be refused.
  const bool swells = body.size() * 8 < text.size();
  if (manner.resets || swells || was_cut_short(result)) return;
  require(result.value_of(http::kHttpStatusCode) == 200, "a good response is not understood");
  require(result.value_of(http::kHttpUncompressedBodyLength) == static_cast<double>(text.size()),
          "a good body is not counted rightly");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& harness = Harness::get();
  const auto settings = [](std::string_view compression) {
    return fmt::format(
        "compression: {}, expect: ['header \"X-A\" exists', 'jsonpath \"$.a\" exists', 'bytes count > 0']",
        compression);
  };
  static const auto kPlain = harness.check("http", "http://PEER/", settings("identity"));
  static const auto kCompressed = harness.check("http", "http://PEER/", settings("gzip"));
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto wishes = input.byte();
  const auto& check = (wishes & kGzip) != 0 ? kCompressed : kPlain;
  if ((wishes & kBodyOnly) != 0) {
    run_body(check, manner, wishes, input.rest());
    return 0;
  }
  const auto responses = input.parts();
  std::size_t connections = 0;
  harness.run(check, manner, [&](std::string_view /*heard*/) -> std::optional<Words> {
    return Words{responses[std::min(connections++, responses.size() - 1)]};
  });
  return 0;
}
