// What a server says in a handshake of TLS, to a check that goes on in spite of errors and to one that does not.
//
// Input: the peer's manner; a byte of flags (1: what follows is records without lengths, which the peer sends as
// records, 2: an https check reads them, 4: the server's hello gets the client's session id, as TLS 1.3 wants it); the
// records or bytes.

#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;

/// Each record of the input has a byte for its type and its content behind two bytes of length; RFC 8446 section 5.1.
std::string records(Input& input) {
  std::string out;
  while (!input.empty()) {
    out += static_cast<char>(input.byte());
    out += "\x03\x03";
    const auto content = input.message();
    out += static_cast<char>(content.size() >> 8U);
    out += static_cast<char>(content.size() & 0xffU);
    out += content;
  }
  return out;
}

/// In the first record of either side, behind the heads of record and message, the version and the random bytes.
constexpr std::size_t kSessionId = 43;
constexpr std::size_t kSessionIdBytes = 33;

/// `text` with the session id that the client has sent, length included; RFC 8446 section 4.1.3.
std::string with_session_id(std::string text, std::string_view hello) {
  if (text.size() >= kSessionId + kSessionIdBytes) {
    text.replace(kSessionId, kSessionIdBytes, hello.substr(kSessionId, kSessionIdBytes));
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& harness = Harness::get();
  static const auto kTls = harness.check(
      "tls", "PEER", "alpn: [h2, http/1.1], names: [fuzz.example], certificate_days_left: {warn: 30, fail: 3}");
  static const auto kHttps = harness.check("http", "https://PEER/", "");
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto wishes = input.byte();
  const auto text = (wishes & 1U) != 0 ? records(input) : std::string(input.rest());
  const bool echoes = (wishes & 4U) != 0;
  harness.run((wishes & 2U) != 0 ? kHttps : kTls, manner, [&](std::string_view heard) -> std::optional<Words> {
    if (!echoes) return Words{text};
    if (heard.size() < kSessionId + kSessionIdBytes) return std::nullopt;
    return Words{with_session_id(text, heard)};
  });
  return 0;
}
