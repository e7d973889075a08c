#include "net/tls/distinguished_name.hpp"

#include <fmt/format.h>
#include <openssl/objects.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hex.hpp"
#include "base/utf8.hpp"

namespace vedette::net {

namespace {

struct Attribute {
  int nid;
  std::string_view name;
  bool once;  ///< the last value counts, and an empty one is none
};

/// As they come out: Go's sequence from behind.
constexpr std::array<Attribute, 9> kKnown{{{NID_serialNumber, "SERIALNUMBER", true},
                                           {NID_commonName, "CN", true},
                                           {NID_organizationalUnitName, "OU", false},
                                           {NID_organizationName, "O", false},
                                           {NID_postalCode, "POSTALCODE", false},
                                           {NID_streetAddress, "STREET", false},
                                           {NID_localityName, "L", false},
                                           {NID_stateOrProvinceName, "ST", false},
                                           {NID_countryName, "C", false}}};

std::string value_of(const X509_NAME_ENTRY* entry) {
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
  if (size < 0) return {};
  std::string out(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return valid_utf8(out);
}

/// RFC 2253 section 2.4.
std::string escaped(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool blank = c == ' ' && (i == 0 || i + 1 == value.size());
    const bool hash = c == '#' && i == 0;
    if (blank || hash || std::string_view(",+\"\\<>;").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// The DER of the text, as Go's asn1.Marshal has it: a PrintableString where that is possible, else UTF-8.
std::string encoded(std::string_view value) {
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
  const std::unique_ptr<ASN1_STRING, decltype(&ASN1_STRING_free)> text(
      ASN1_STRING_type_new(printable ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING), &ASN1_STRING_free);
  ASN1_STRING_set(text.get(), value.data(), static_cast<int>(value.size()));
  unsigned char* der = nullptr;
  const int size = printable ? i2d_ASN1_PRINTABLESTRING(text.get(), &der) : i2d_ASN1_UTF8STRING(text.get(), &der);
  std::string out = "#" + to_hex(der, static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(der);
  return out;
}

std::string number_of(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  OBJ_obj2txt(text.data(), text.size(), object, 1);
  return text.data();
}

}  // namespace

std::string go_name(const X509_NAME* name) {
  std::array<std::vector<std::string>, kKnown.size()> values;
  std::vector<std::string> others;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const auto* entry = X509_NAME_get_entry(name, i);
    const auto* object = X509_NAME_ENTRY_get_object(entry);
    const int nid = OBJ_obj2nid(object);
    const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const auto& one) { return one.nid == nid; });
    auto value = value_of(entry);
    if (known == kKnown.end()) {
      others.insert(others.begin(), number_of(object) + "=" + encoded(value));
      continue;
    }
    auto& list = values.at(static_cast<std::size_t>(known - kKnown.begin()));
    if (known->once) list.clear();
    if (!known->once || !value.empty()) list.push_back(fmt::format("{}={}", known->name, escaped(value)));
  }
  std::vector<std::string> parts;
  for (const auto& list : values) {
    if (!list.empty()) parts.push_back(fmt::format("{}", fmt::join(list, "+")));
  }
  parts.insert(parts.end(), others.begin(), others.end());
  return fmt::format("{}", fmt::join(parts, ","));
}

}  // namespace vedette::net
