#pragma once

// DNS messages, built, parsed and printed by ldns; no ldns type leaves this room.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::dns {

struct Question {
  std::string name;  ///< with or without the final dot
  std::uint16_t type = 255;
  std::uint16_t klass = 1;
};

struct QueryOptions {
  bool recursion_desired = true;
  std::uint16_t edns_size = 0;  ///< zero: no EDNS record
  bool dnssec_ok = false;
};

struct Record {
  std::string text;  ///< `name.⇥ttl⇥class⇥type⇥rdata`
  std::string type;
  std::uint32_t ttl = 0;
  std::optional<std::uint32_t> serial;  ///< of a SOA record
};

struct Reply {
  std::uint16_t id = 0;
  bool is_response = false;
  std::string rcode;  ///< NOERROR, NXDOMAIN, … or its number
  bool aa = false, tc = false, rd = false, ra = false, ad = false, cd = false;
  bool has_question = false;
  std::string question;  ///< the question section's text
  std::vector<Record> answer, authority, additional;
  std::size_t size = 0;  ///< bytes on the wire
};

/// The number of a type or class mnemonic (also TYPE65280, CLASS3), or nothing.
std::optional<std::uint16_t> type_number(std::string_view mnemonic);
std::optional<std::uint16_t> class_number(std::string_view mnemonic);
/// Whether `name` is a known return code.
bool is_rcode(std::string_view name);

/// A query with `id`, in wire format; the error says what is wrong with the name.
tl::expected<std::string, std::string> build_query(const Question& question, const QueryOptions& options,
                                                   std::uint16_t id);

/// Parses a message; the error says why it is malformed.
tl::expected<Reply, std::string> parse_reply(std::string_view wire);

/// Whether the reply's question is `question` (names compared without case).
bool answers(const Reply& reply, const Question& question);

}  // namespace vedette::dns
