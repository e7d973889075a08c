#include "checks/dns/message.hpp"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>

#include "checks/dns/record_text.hpp"

#include "base/ascii.hpp"

namespace vedette::dns {

namespace {

struct Rcode {
  std::string_view name;
  int number;
};

// RFC 6895 section 2.3.
constexpr std::array kRcodes{
    Rcode{"NOERROR", 0},  Rcode{"FORMERR", 1},  Rcode{"SERVFAIL", 2},  Rcode{"NXDOMAIN", 3},   Rcode{"NOTIMP", 4},
    Rcode{"REFUSED", 5},  Rcode{"YXDOMAIN", 6}, Rcode{"YXRRSET", 7},   Rcode{"NXRRSET", 8},    Rcode{"NOTAUTH", 9},
    Rcode{"NOTZONE", 10}, Rcode{"BADVERS", 16}, Rcode{"BADKEY", 17},   Rcode{"BADTIME", 18},   Rcode{"BADMODE", 19},
    Rcode{"BADNAME", 20}, Rcode{"BADALG", 21},  Rcode{"BADTRUNC", 22}, Rcode{"BADCOOKIE", 23},
};

struct PacketDeleter {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct RdfDeleter {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct TextDeleter {
  void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, TextDeleter>;

/// What 16 means in TSIG alone (RFC 6895), and what blackbox_exporter calls it in valid_rcodes.
constexpr std::string_view kOldBadVersion = "BADSIG";

std::string rcode_name(int number) {
  const auto found = std::find_if(kRcodes.begin(), kRcodes.end(), [&](const Rcode& r) { return r.number == number; });
  return found == kRcodes.end() ? fmt::format("{}", number) : std::string(found->name);
}

/// Of RFC 8914, as registered with IANA.
constexpr std::array<std::string_view, 25> kExtendedErrors{"Other",
                                                           "Unsupported DNSKEY Algorithm",
                                                           "Unsupported DS Digest Type",
                                                           "Stale Answer",
                                                           "Forged Answer",
                                                           "DNSSEC Indeterminate",
                                                           "DNSSEC Bogus",
                                                           "Signature Expired",
                                                           "Signature Not Yet Valid",
                                                           "DNSKEY Missing",
                                                           "RRSIGs Missing",
                                                           "No Zone Key Bit Set",
                                                           "NSEC Missing",
                                                           "Cached Error",
                                                           "Not Ready",
                                                           "Blocked",
                                                           "Censored",
                                                           "Filtered",
                                                           "Prohibited",
                                                           "Stale NXDOMAIN Answer",
                                                           "Not Authoritative",
                                                           "Not Supported",
                                                           "No Reachable Authority",
                                                           "Network Error",
                                                           "Invalid Data"};

std::string without_newline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

/// Reads 16 bits at `at`; zero beyond the end.
std::size_t read_16(std::string_view wire, std::size_t at) {
  if (at + 2 > wire.size()) return 0;
  return static_cast<std::size_t>(static_cast<unsigned char>(wire[at])) << 8U |
         static_cast<unsigned char>(wire[at + 1]);
}

/// The position behind the name at `at`: labels up to an empty one or a pointer.
std::size_t skip_name(std::string_view wire, std::size_t at) {
  while (at < wire.size()) {
    const auto length = static_cast<unsigned char>(wire[at]);
    if (length >= 0xc0) return at + 2;
    if (length == 0) return at + 1;
    at += length + 1U;
  }
  return wire.size();
}

/// RFC 8945 section 5.2: a message with more than one TSIG is malformed. ldns 1.8 takes it and loses memory.
bool has_several_signatures(std::string_view wire) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTsig = 250;
  std::size_t at = kHeader;
  for (std::size_t i = 0; i < read_16(wire, 4) && at < wire.size(); ++i) at = skip_name(wire, at) + 4;
  const auto records = read_16(wire, 6) + read_16(wire, 8) + read_16(wire, 10);
  int signatures = 0;
  for (std::size_t i = 0; i < records && at < wire.size(); ++i) {
    at = skip_name(wire, at);
    if (read_16(wire, at) == kTsig) ++signatures;
    at += 10 + read_16(wire, at + 8);
  }
  return signatures > 1;
}

std::optional<std::uint32_t> serial_of(const ldns_rr* rr) {
  if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(rr) != 7) return std::nullopt;
  return ldns_rdf2native_int32(ldns_rr_rdf(rr, 2));
}

const ldns_pkt* packet_of(const Reply& reply) {
  return static_cast<const ldns_pkt*>(reply.packet.get());
}

std::vector<Record> records_of(const ldns_rr_list* list) {
  std::vector<Record> out;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    const Text text(ldns_rr2str_fmt(ldns_output_format_nocomments, rr));
    const Text type(ldns_rr_type2str(ldns_rr_get_type(rr)));
    out.push_back({record_text(without_newline(text ? text.get() : "")), type ? type.get() : "", ldns_rr_ttl(rr)});
  }
  return out;
}

}  // namespace

std::string Reply::extended_errors() const {
  const auto* raw = packet_of(*this);
  const auto* options = raw == nullptr ? nullptr : ldns_pkt_edns_data(raw);
  if (options == nullptr) return {};
  constexpr std::size_t kHead = 4;
  constexpr std::size_t kExtendedError = 15;
  std::string out;
  std::string_view rest(reinterpret_cast<const char*>(ldns_rdf_data(options)), ldns_rdf_size(options));
  while (rest.size() >= kHead) {
    const auto option = rest.substr(kHead, read_16(rest, 2));
    if (read_16(rest, 0) == kExtendedError && option.size() >= 2) {
      const auto code = read_16(option, 0);
      out += fmt::format("{}{} {}", out.empty() ? "" : "; ", code,
                         code < kExtendedErrors.size() ? kExtendedErrors.at(code) : "");
      if (option.size() > 2) out += fmt::format(": {}", option.substr(2));
    }
    rest.remove_prefix(kHead + option.size());
  }
  return out;
}

bool is_rcode(std::string_view name) {
  return name == kOldBadVersion ||
         std::any_of(kRcodes.begin(), kRcodes.end(), [&](const Rcode& r) { return r.name == name; });
}

tl::expected<std::string, std::string> build_query(const Question& question, const QueryOptions& options,
                                                   std::uint16_t id) {
  const std::unique_ptr<ldns_rdf, RdfDeleter> name(ldns_dname_new_frm_str(question.name.c_str()));
  if (!name) return tl::make_unexpected(fmt::format("'{}' is not a domain name", question.name));
  // The packet takes over the name it is given.
  const std::unique_ptr<ldns_pkt, PacketDeleter> packet(
      ldns_pkt_query_new(ldns_rdf_clone(name.get()), static_cast<ldns_rr_type>(question.type),
                         static_cast<ldns_rr_class>(question.klass), options.recursion_desired ? LDNS_RD : 0));
  if (!packet) return tl::make_unexpected(std::string("no memory for a query"));
  ldns_pkt_set_id(packet.get(), id);
  if (options.edns_size > 0 || options.dnssec_ok) {
    constexpr std::uint16_t kUsualSize = 1232;
    ldns_pkt_set_edns_udp_size(packet.get(), options.edns_size > 0 ? options.edns_size : kUsualSize);
    ldns_pkt_set_edns_do(packet.get(), options.dnssec_ok);
  }
  std::uint8_t* wire = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&wire, packet.get(), &size) != LDNS_STATUS_OK) {
    return tl::make_unexpected(fmt::format("'{}' cannot be asked for", question.name));
  }
  std::string out(reinterpret_cast<const char*>(wire), size);
  std::free(wire);
  return out;
}

tl::expected<Reply, std::string> parse_reply(std::string_view wire) {
  if (has_several_signatures(wire)) return tl::make_unexpected(std::string("more than one TSIG record"));
  ldns_pkt* raw = nullptr;
  const auto status = ldns_wire2pkt(&raw, reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size());
  if (status != LDNS_STATUS_OK) return tl::make_unexpected(std::string(ldns_get_errorstr_by_id(status)));
  std::unique_ptr<ldns_pkt, PacketDeleter> packet(raw);
  Reply out;
  out.id = ldns_pkt_id(raw);
  out.is_response = ldns_pkt_qr(raw);
  out.aa = ldns_pkt_aa(raw);
  out.tc = ldns_pkt_tc(raw);
  out.rd = ldns_pkt_rd(raw);
  out.ra = ldns_pkt_ra(raw);
  out.ad = ldns_pkt_ad(raw);
  out.cd = ldns_pkt_cd(raw);
  const int extended = ldns_pkt_edns(raw) ? ldns_pkt_edns_extended_rcode(raw) << 4 : 0;
  out.rcode = rcode_name(extended | static_cast<int>(ldns_pkt_get_rcode(raw)));
  out.size = wire.size();
  out.has_question = ldns_rr_list_rr_count(ldns_pkt_question(raw)) > 0;
  out.answers = ldns_rr_list_rr_count(ldns_pkt_answer(raw));
  out.authorities = ldns_rr_list_rr_count(ldns_pkt_authority(raw));
  // ldns takes the OPT record out of the section; it counts and can be matched like any other.
  out.additionals = ldns_rr_list_rr_count(ldns_pkt_additional(raw)) + (ldns_pkt_edns(raw) ? 1 : 0);
  for (std::size_t i = 0; i < out.answers; ++i) {
    if (const auto serial = serial_of(ldns_rr_list_rr(ldns_pkt_answer(raw), i))) out.soa_serial = serial;
  }
  out.packet = std::shared_ptr<const ldns_pkt>(packet.release(), PacketDeleter());
  return out;
}

std::string Reply::question() const {
  if (!has_question) return {};
  const ldns_rr* rr = ldns_rr_list_rr(ldns_pkt_question(packet_of(*this)), 0);
  const Text name(ldns_rdf2str(ldns_rr_owner(rr)));
  return fmt::format("{} {} {}", name ? name.get() : "", static_cast<int>(ldns_rr_get_class(rr)),
                     static_cast<int>(ldns_rr_get_type(rr)));
}

std::vector<Record> Reply::records(Section section) const {
  const auto* raw = packet_of(*this);
  if (raw == nullptr) return {};
  if (section == Section::kAnswer) return records_of(ldns_pkt_answer(raw));
  if (section == Section::kAuthority) return records_of(ldns_pkt_authority(raw));
  auto out = records_of(ldns_pkt_additional(raw));
  if (ldns_pkt_edns(raw)) {
    out.push_back(
        {fmt::format(".\tOPT\tudp: {}; flags:{}", ldns_pkt_edns_udp_size(raw), ldns_pkt_edns_do(raw) ? " do" : ""),
         "OPT", 0});
  }
  return out;
}

std::string with_id(std::string query, std::uint16_t id) {
  query[0] = static_cast<char>(id >> 8U);
  query[1] = static_cast<char>(id & 0xffU);
  return query;
}

bool same_question(std::string_view reply, std::string_view query) {
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTypeAndClass = 4;
  const auto end = skip_name(query, kHeader) + kTypeAndClass;
  if (end > query.size() || end > reply.size()) return false;
  // A length within a name is below 64 and so no letter.
  const auto name_size = end - kTypeAndClass - kHeader;
  return same_ignoring_case(query.substr(kHeader, name_size), reply.substr(kHeader, name_size)) &&
         query.substr(end - kTypeAndClass, kTypeAndClass) == reply.substr(end - kTypeAndClass, kTypeAndClass);
}

}  // namespace vedette::dns
