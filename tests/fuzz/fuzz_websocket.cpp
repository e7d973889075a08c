// WebSocket: the peer agrees to the upgrade and then says what the input holds.
//
// Input: the peer's manner; a byte (1: the input holds the answer to the upgrade as well); what the peer says, with
// ||| where it waits for the client.

#include "base/base64.hpp"
#include "base/digests.hpp"
#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;

/// The answer to the request `heard` (RFC 6455 section 4.2.2); nothing while it is not whole.
std::optional<std::string> agreement(std::string_view heard) {
  if (heard.find("\r\n\r\n") == std::string_view::npos) return std::nullopt;
  constexpr std::string_view kHeader = "Sec-WebSocket-Key: ";
  const auto at = heard.find(kHeader);
  require(at != std::string_view::npos, "the request has no key");
  const auto value = heard.substr(at + kHeader.size());
  const auto key = std::string(value.substr(0, value.find('\r')));
  const auto digest = digest_of("sha1", key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         encode_base64(*digest) + "\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& harness = Harness::get();
  static const auto kCheck = harness.check(
      "websocket", "ws://PEER/",
      "query_response: [{expect: '^(a*)'}, {send: 'you said ${1}'}, {expect: 'b'}, {expect: '(.+)', send: '$1'}]");
  Input input(data, size);
  const auto manner = Manner::take(input);
  const bool raw = (input.byte() & 1U) != 0;
  const auto parts = input.parts();
  harness.run(kCheck, manner, [&](std::string_view heard) -> std::optional<Words> {
    if (raw) return parts;
    auto answer = agreement(heard);
    if (!answer) return std::nullopt;
    auto words = parts;
    words.front().insert(0, *answer);
    return words;
  });
  return 0;
}
