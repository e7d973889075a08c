// DNS messages from a hostile server.

#include "checks/dns/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::dns;
  const auto reply = parse_reply({reinterpret_cast<const char*>(data), size});
  if (reply) answers(*reply, {"example.org.", 1, 1});
  return 0;
}
