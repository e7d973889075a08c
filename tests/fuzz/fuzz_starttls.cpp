// The dialogues before TLS.
//
// Input: the peer's manner; a byte that chooses the protocol; what the peer says, with ||| where it waits for the
// client.

#include "net/starttls/starttls.hpp"
#include "tests/fuzz/harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  using namespace vedette::fuzz;
  auto& harness = Harness::get();
  static const auto kChecks = [&] {
    std::vector<CheckPtr> out;
    for (const auto protocol : net::starttls_protocols()) {
      out.push_back(harness.check("tls", "PEER", "starttls: " + std::string(protocol)));
    }
    return out;
  }();
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto& check = kChecks[input.byte() % kChecks.size()];
  harness.run(check, manner, input.parts());
  return 0;
}
