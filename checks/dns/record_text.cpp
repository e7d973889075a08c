#include "checks/dns/record_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.hpp"

namespace vedette::dns {

namespace {

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Digests and salts stand in capitals: all of the field at `index`.
std::string with_capitals(std::string_view data, std::size_t index) {
  std::string out;
  const auto fields = split(data, ' ');
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ' ';
    out += i == index ? upper_case(fields[i]) : std::string(fields[i]);
  }
  return out;
}

/// `1 . alpn=h2,h3` as `1 . alpn="h2,h3"`, and a parameter without a value as `name=""`.
std::string with_quotes(std::string_view data) {
  std::string out;
  const auto fields = split(data, ' ');
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto equals = fields[i].find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : fields[i].substr(equals + 1);
    if (i > 0) out += ' ';
    if (i < 2 || value.starts_with('"')) {
      out += fields[i];
    } else {
      out += fmt::format("{}=\"{}\"", fields[i].substr(0, equals), value);
    }
  }
  return out;
}

/// The algorithm of a CERT record by its name (IANA, "DNS Security Algorithm Numbers").
std::string with_algorithm(std::string_view data) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kNames{{{"1", "RSAMD5"},
                                                                                  {"2", "DH"},
                                                                                  {"3", "DSA"},
                                                                                  {"5", "RSASHA1"},
                                                                                  {"6", "DSA-NSEC3-SHA1"},
                                                                                  {"7", "RSASHA1-NSEC3-SHA1"},
                                                                                  {"8", "RSASHA256"},
                                                                                  {"10", "RSASHA512"},
                                                                                  {"12", "ECC-GOST"},
                                                                                  {"13", "ECDSAP256SHA256"},
                                                                                  {"14", "ECDSAP384SHA384"},
                                                                                  {"15", "ED25519"},
                                                                                  {"16", "ED448"},
                                                                                  {"253", "PRIVATEDNS"},
                                                                                  {"254", "PRIVATEOID"}}};
  auto fields = split(data, ' ');
  if (fields.size() < 3) return std::string(data);
  for (const auto& [number, name] : kNames) {
    if (fields[2] == number) fields[2] = name;
  }
  return fmt::format("{}", fmt::join(fields, " "));
}

std::string rdata(std::string_view type, std::string_view data) {
  if (is_one_of(type, {"DS", "CDS", "DLV", "TA"})) return with_capitals(data, 3);
  if (type == "SSHFP") return with_capitals(data, 2);
  if (is_one_of(type, {"NSEC3PARAM", "NSEC3"})) return with_capitals(data, 3);
  if (type == "L64") return with_capitals(data, 1);
  if (is_one_of(type, {"SVCB", "HTTPS"})) return with_quotes(data);
  if (type == "CERT") return with_algorithm(data);
  if (type == "X25" && data.size() > 1 && data.front() == '"') return std::string(data.substr(1, data.size() - 2));
  return std::string(data);
}

}  // namespace

std::string record_text(std::string_view text) {
  constexpr std::size_t kFields = 5;
  auto fields = split(text, '\t');
  if (fields.size() < kFields) return std::string(text);
  const auto type = fields[3];
  // The last field is everything behind the type; a tab in it belongs to a text.
  const auto data = fmt::format("{}", fmt::join(fields.begin() + kFields - 1, fields.end(), "\\009"));
  // Of a type that nobody knows the class is written as a number too (RFC 3597 section 5).
  if (type.starts_with("TYPE") && fields[2] == "IN") fields[2] = "CLASS1";
  return fmt::format("{}\t{}\t{}\t{}\t{}", fields[0], fields[1], fields[2], type, rdata(type, data));
}

}  // namespace vedette::dns
