// The dialogues of TCP checks.
//
// Input: the peer's manner; a byte that chooses the check; what the peer says, with ||| where it waits for the client.

#include <array>

#include "tests/fuzz/harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  using namespace vedette::fuzz;
  auto& harness = Harness::get();
  static const std::array<CheckPtr, 4> kChecks{
      harness.check(
          "tcp", "PEER",
          "query_response: [{expect: '^220.(?P<name>[^ ]+) (.*)$', send: 'EHLO $1', labels: [{name: host, value: "
          "'${name}'}, {name: rest, value: '$2'}]}, {expect: '^250 ', send: QUIT}]"),
      harness.check("tcp", "PEER", "query_response: [{expect_bytes: \"a\\0b\"}, {send: x}, {expect: 'b$'}]"),
      harness.check("tcp", "PEER", "query_response: [{expect: '^OK', starttls: true}, {expect: x}]"),
      harness.check("tcp", "PEER", "expect: ['banner contains \"SSH\"', 'regex \"(a+)\" == \"aa\"']"),
  };
  Input input(data, size);
  const auto manner = Manner::take(input);
  const auto& check = kChecks.at(input.byte() % kChecks.size());
  harness.run(check, manner, input.parts());
  return 0;
}
