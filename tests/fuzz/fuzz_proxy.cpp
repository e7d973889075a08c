// What a proxy answers to CONNECT and in SOCKS 5, and what comes through it.
//
// Input: the peer's manner; a byte that chooses the proxy; what the peer says, with ||| where it waits for the client.

#include <array>

#include "tests/fuzz/harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  using namespace vedette::fuzz;
  auto& harness = Harness::get();
  static const std::array<CheckPtr, 5> kChecks{
      harness.check("http", "https://PEER/", "proxy_url: 'http://PEER'"),
      harness.check("http", "https://PEER/",
                    "proxy_url: 'http://user:password@PEER', proxy_connect_header: {X-Fuzz: [yes]}"),
      harness.check("http", "http://PEER/", "proxy_url: 'socks5://PEER'"),
      harness.check("http", "http://PEER/", "proxy_url: 'socks5h://user:password@PEER'"),
      harness.check("http", "http://PEER/", "proxy_url: 'http://PEER'"),
  };
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto& check = kChecks.at(input.byte() % kChecks.size());
  harness.run(check, manner, input.parts());
  return 0;
}
