#pragma once

// DNS messages, built, parsed and printed by ldns; no ldns type leaves this room.

#include <cstdint>
#include <memory>
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
};

enum class Section : std::uint8_t { kAnswer, kAuthority, kAdditional };

/// A parsed message. Most replies are judged by their numbers, so texts are made when they are asked for.
struct Reply {
  std::uint16_t id = 0;
  bool is_response = false;
  std::string rcode;  ///< NOERROR, NXDOMAIN, … or its number
  bool aa = false, tc = false, rd = false, ra = false, ad = false, cd = false;
  bool has_question = false;
  std::size_t answers = 0, authorities = 0, additionals = 0;  ///< records in each section
  std::optional<std::uint32_t> soa_serial;                    ///< of the last SOA record in the answer
  std::size_t size = 0;                                       ///< bytes on the wire
  std::shared_ptr<const void> packet{};                       ///< what the texts are made from

  /// `name class type` of the first question; empty when there is none.
  [[nodiscard]] std::string question() const;
  [[nodiscard]] std::vector<Record> records(Section section) const;
  /// Why it is as it is, in the server's words (RFC 8914): `7 Signature Expired: text`; empty when it says nothing.
  [[nodiscard]] std::string extended_errors() const;
};

/// Whether `name` is a known return code.
bool is_rcode(std::string_view name);

/// A query with `id`, in wire format; the error says what is wrong with the name.
tl::expected<std::string, std::string> build_query(const Question& question, const QueryOptions& options,
                                                   std::uint16_t id);

/// Parses a message; the error says why it is malformed.
tl::expected<Reply, std::string> parse_reply(std::string_view wire);

/// `query` with another id.
std::string with_id(std::string query, std::uint16_t id);

/// Whether the message `reply` repeats the question of `query`, both in wire format (names compared without case).
bool same_question(std::string_view reply, std::string_view query);

}  // namespace vedette::dns
