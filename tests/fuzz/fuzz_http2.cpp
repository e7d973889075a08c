// HTTP/2 and gRPC's framing, as a health check without TLS reads them.
//
// Input: the peer's manner; a byte (1: what follows is frames without lengths, which the peer sends as frames after a
// good server's settings, 0: it is sent as it is); the frames or bytes.

#include "tests/fuzz/harness.hpp"

namespace {

using namespace vedette;
using namespace vedette::fuzz;

constexpr std::uint8_t kSettings = 4;
constexpr std::uint8_t kAcknowledged = 1;

/// RFC 9113 section 4.1.
std::string frame(std::uint8_t type, std::uint8_t flags, std::uint8_t stream, std::string_view payload) {
  std::string out;
  for (const unsigned shift : {16U, 8U, 0U}) out += static_cast<char>(payload.size() >> shift & 0xffU);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  out.append(3, '\0');
  out += static_cast<char>(stream);
  return out.append(payload);
}

/// Each frame of the input has a byte for its type, flags and stream, and its payload behind two bytes of length.
std::string frames(Input& input) {
  auto out = frame(kSettings, 0, 0, "") + frame(kSettings, kAcknowledged, 0, "");
  while (!input.empty()) {
    const auto type = input.byte();
    const auto flags = input.byte();
    const auto stream = input.byte();
    out += frame(type, flags, stream, input.message());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto& harness = Harness::get();
  static const auto kCheck = harness.check("grpc", "PEER", "service: fuzz");
  Input input(data, size);
  const auto manner = Manner::take(input);
  const bool framed = (input.byte() & 1U) != 0;
  harness.run(kCheck, manner, Words{framed ? frames(input) : std::string(input.rest())});
  return 0;
}
