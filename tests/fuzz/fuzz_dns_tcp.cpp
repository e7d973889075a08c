// Replies of a DNS server over TCP.
//
// Input: the peer's manner; a byte (1: the first reply gets the id of the query); the replies, each behind its length
// in two bytes.

#include "tests/fuzz/dns_speech.hpp"
#include "tests/fuzz/harness.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vedette;
  using namespace vedette::fuzz;
  auto& harness = Harness::get();
  static const auto kCheck =
      harness.check("dns", "PEER",
                    "transport_protocol: tcp, query_name: www.example, query_type: SOA, dnssec_ok: true, "
                    "validate_answer_rrs: {fail_if_not_matches_regexp: ['SOA']}, validate_authority_rrs: "
                    "{fail_if_matches_regexp: ['NS']}, validate_additional_rrs: {fail_if_all_match_regexp: ['A.*']}");
  Input input(data, size);
  const auto manner = Manner::take(input);
  const bool with_id = (input.byte() & 1U) != 0;
  harness.run(kCheck, manner, dns_over_tcp(std::string(input.rest()), with_id));
  return 0;
}
