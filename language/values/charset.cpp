#include "language/values/charset.hpp"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace vedette::language {

namespace {

struct Charset {
  const char* iconv;
  std::string_view labels;  ///< with a blank between them
};

// Labels of https://encoding.spec.whatwg.org. A server chooses one, and iconv knows hundreds that nobody should reach.
// The web reads the Latin and ASCII labels as the supersets that Windows made of them.
constexpr std::array kCharsets{
    Charset{"IBM866", "866 cp866 csibm866 ibm866"},
    Charset{"ISO-8859-2", "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"},
    Charset{"ISO-8859-3", "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"},
    Charset{"ISO-8859-4", "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"},
    Charset{"ISO-8859-5",
            "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"},
    Charset{"ISO-8859-6",
            "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i "
            "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
    Charset{"ISO-8859-7",
            "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
            "iso_8859-7:1987 sun_eu_greek"},
    Charset{"ISO-8859-8",
            "csiso88598e csiso88598i csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138 iso8859-8 "
            "iso88598 iso_8859-8 iso_8859-8:1988 logical visual"},
    Charset{"ISO-8859-10", "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"},
    Charset{"ISO-8859-13", "iso-8859-13 iso8859-13 iso885913"},
    Charset{"ISO-8859-14", "iso-8859-14 iso8859-14 iso885914"},
    Charset{"ISO-8859-15", "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
    Charset{"ISO-8859-16", "iso-8859-16"},
    Charset{"KOI8-R", "cskoi8r koi koi8 koi8-r koi8_r"},
    Charset{"KOI8-U", "koi8-ru koi8-u"},
    Charset{"MACINTOSH", "csmacintosh mac macintosh x-mac-roman"},
    Charset{"MAC-CYRILLIC", "x-mac-cyrillic x-mac-ukrainian"},
    Charset{"WINDOWS-874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
    Charset{"WINDOWS-1250", "cp1250 windows-1250 x-cp1250"},
    Charset{"WINDOWS-1251", "cp1251 windows-1251 x-cp1251"},
    Charset{"WINDOWS-1252",
            "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 "
            "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"},
    Charset{"WINDOWS-1253", "cp1253 windows-1253 x-cp1253"},
    Charset{"WINDOWS-1254",
            "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 "
            "windows-1254 x-cp1254"},
    Charset{"WINDOWS-1255", "cp1255 windows-1255 x-cp1255"},
    Charset{"WINDOWS-1256", "cp1256 windows-1256 x-cp1256"},
    Charset{"WINDOWS-1257", "cp1257 windows-1257 x-cp1257"},
    Charset{"WINDOWS-1258", "cp1258 windows-1258 x-cp1258"},
    Charset{"GBK", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"},
    Charset{"GB18030", "gb18030"},
    Charset{"BIG5-HKSCS", "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
    Charset{"EUC-JP", "cseucpkdfmtjapanese euc-jp x-euc-jp"},
    Charset{"ISO-2022-JP", "csiso2022jp iso-2022-jp"},
    Charset{"CP932", "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"},
    Charset{
        "CP949",
        "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"},
    Charset{"UTF-16BE", "unicodefffe utf-16be"},
    Charset{"UTF-16LE", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"},
};

bool is_among(std::string_view name, std::string_view labels) {
  const auto all = split(labels, ' ');
  return std::find(all.begin(), all.end(), name) != all.end();
}

const Charset* find_charset(std::string_view name) {
  const auto* const found = std::find_if(kCharsets.begin(), kCharsets.end(),
                                         [&](const Charset& charset) { return is_among(name, charset.labels); });
  return found == kCharsets.end() ? nullptr : found;
}

bool is_utf8_label(std::string_view name) {
  return is_among(name, "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8");
}

}  // namespace

bool is_charset(std::string_view label) {
  const auto name = lower_case(trim(label));
  return is_utf8_label(name) || find_charset(name) != nullptr;
}

tl::expected<std::string, std::string> decode_charset(std::string_view bytes, std::string_view label) {
  const auto name = lower_case(trim(label));
  const auto invalid = [&] { return tl::make_unexpected(fmt::format("the bytes are not {}", name)); };
  if (is_utf8_label(name)) {
    if (!is_utf8(bytes)) return invalid();
    return std::string(bytes);
  }
  const auto* known = find_charset(name);
  const auto converter = known == nullptr ? nullptr : ::iconv_open("UTF-8", known->iconv);
  if (converter == nullptr || reinterpret_cast<std::intptr_t>(converter) == -1) {
    return tl::make_unexpected(fmt::format("there is no charset '{}'", name.substr(0, 50)));
  }
  std::string out;
  std::array<char, 4096> chunk{};
  auto* from = const_cast<char*>(bytes.data());
  auto left = bytes.size();
  bool valid = true;
  while (left > 0 && valid) {
    auto* to = chunk.data();
    auto room = chunk.size();
    const auto converted = ::iconv(converter, &from, &left, &to, &room);
    valid = converted != static_cast<std::size_t>(-1) || errno == E2BIG;
    out.append(chunk.data(), chunk.size() - room);
  }
  ::iconv_close(converter);
  if (!valid) return invalid();
  return out;
}

std::string charset_of(std::string_view content_type) {
  const auto text = lower_case(content_type);
  const auto at = text.find("charset=");
  if (at == std::string::npos) return "utf-8";
  auto label = std::string_view(text).substr(at + std::string_view("charset=").size());
  label = trim(label.substr(0, label.find(';')));
  if (label.size() >= 2 && label.front() == '"' && label.back() == '"') label = label.substr(1, label.size() - 2);
  return std::string(label);
}

}  // namespace vedette::language
