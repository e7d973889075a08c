#include "checks/dns/names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vedette::dns {

namespace {

struct Name {
  std::string_view text;
  std::uint16_t number;
};

// IANA, "Domain Name System (DNS) Parameters", as far as blackbox_exporter 0.28 knows them.
constexpr std::array kTypes{
    Name{"None", 0},     Name{"A", 1},           Name{"NS", 2},           Name{"MD", 3},         Name{"MF", 4},
    Name{"CNAME", 5},    Name{"SOA", 6},         Name{"MB", 7},           Name{"MG", 8},         Name{"MR", 9},
    Name{"NULL", 10},    Name{"PTR", 12},        Name{"HINFO", 13},       Name{"MINFO", 14},     Name{"MX", 15},
    Name{"TXT", 16},     Name{"RP", 17},         Name{"AFSDB", 18},       Name{"X25", 19},       Name{"ISDN", 20},
    Name{"RT", 21},      Name{"NSAP-PTR", 23},   Name{"SIG", 24},         Name{"KEY", 25},       Name{"PX", 26},
    Name{"GPOS", 27},    Name{"AAAA", 28},       Name{"LOC", 29},         Name{"NXT", 30},       Name{"EID", 31},
    Name{"NIMLOC", 32},  Name{"SRV", 33},        Name{"ATMA", 34},        Name{"NAPTR", 35},     Name{"KX", 36},
    Name{"CERT", 37},    Name{"DNAME", 39},      Name{"OPT", 41},         Name{"APL", 42},       Name{"DS", 43},
    Name{"SSHFP", 44},   Name{"IPSECKEY", 45},   Name{"RRSIG", 46},       Name{"NSEC", 47},      Name{"DNSKEY", 48},
    Name{"DHCID", 49},   Name{"NSEC3", 50},      Name{"NSEC3PARAM", 51},  Name{"TLSA", 52},      Name{"SMIMEA", 53},
    Name{"HIP", 55},     Name{"NINFO", 56},      Name{"RKEY", 57},        Name{"TALINK", 58},    Name{"CDS", 59},
    Name{"CDNSKEY", 60}, Name{"OPENPGPKEY", 61}, Name{"CSYNC", 62},       Name{"ZONEMD", 63},    Name{"SVCB", 64},
    Name{"HTTPS", 65},   Name{"SPF", 99},        Name{"UINFO", 100},      Name{"UID", 101},      Name{"GID", 102},
    Name{"UNSPEC", 103}, Name{"NID", 104},       Name{"L32", 105},        Name{"L64", 106},      Name{"LP", 107},
    Name{"EUI48", 108},  Name{"EUI64", 109},     Name{"NXNAME", 128},     Name{"TKEY", 249},     Name{"TSIG", 250},
    Name{"IXFR", 251},   Name{"AXFR", 252},      Name{"MAILB", 253},      Name{"MAILA", 254},    Name{"ANY", 255},
    Name{"URI", 256},    Name{"CAA", 257},       Name{"AVC", 258},        Name{"AMTRELAY", 260}, Name{"RESINFO", 261},
    Name{"TA", 32768},   Name{"DLV", 32769},     Name{"Reserved", 65535},
};
constexpr std::array kClasses{Name{"IN", 1}, Name{"CS", 2},     Name{"CH", 3},
                              Name{"HS", 4}, Name{"NONE", 254}, Name{"ANY", 255}};

template <std::size_t N>
std::optional<std::uint16_t> number_of(std::string_view mnemonic, const std::array<Name, N>& names,
                                       std::string_view prefix, Numbered numbered) {
  const auto* const found =
      std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.text == mnemonic; });
  if (found != names.end()) return found->number;
  if (numbered == Numbered::kRefused || !mnemonic.starts_with(prefix)) return std::nullopt;
  mnemonic.remove_prefix(prefix.size());
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(mnemonic.data(), mnemonic.data() + mnemonic.size(), number);
  if (mnemonic.empty() || error != std::errc() || end != mnemonic.data() + mnemonic.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint16_t> type_number(std::string_view mnemonic, Numbered numbered) {
  return number_of(mnemonic, kTypes, "TYPE", numbered);
}

std::optional<std::uint16_t> class_number(std::string_view mnemonic, Numbered numbered) {
  return number_of(mnemonic, kClasses, "CLASS", numbered);
}

}  // namespace vedette::dns
