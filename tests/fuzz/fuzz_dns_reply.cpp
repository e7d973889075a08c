// DNS messages from a hostile server.

#include "checks/dns/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette::dns;
  static const auto query = *build_query({"example.org.", 1, 1}, {}, 1);
  const std::string_view wire(reinterpret_cast<const char*>(data), size);
  same_question(wire, query);
  if (const auto reply = parse_reply(wire)) {
    static_cast<void>(reply->question());
    for (const auto section : {Section::kAnswer, Section::kAuthority, Section::kAdditional}) {
      static_cast<void>(reply->records(section));
    }
  }
  return 0;
}
