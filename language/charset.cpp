#include "language/charset.hpp"

#include <fmt/format.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "config/ascii.hpp"
#include "config/secret.hpp"
#include "config/utf8.hpp"

namespace vedette::language {

namespace {

struct Charset {
  std::string_view label;
  const char* iconv;
};

// Labels of https://encoding.spec.whatwg.org. A server chooses one, and iconv knows hundreds that nobody should reach.
// The web reads the Latin and ASCII labels as the supersets that Windows made of them.
constexpr std::array kCharsets{
    Charset{"ascii", "WINDOWS-1252"},
    Charset{"us-ascii", "WINDOWS-1252"},
    Charset{"latin1", "WINDOWS-1252"},
    Charset{"iso-8859-1", "WINDOWS-1252"},
    Charset{"iso8859-1", "WINDOWS-1252"},
    Charset{"windows-1252", "WINDOWS-1252"},
    Charset{"cp1252", "WINDOWS-1252"},
    Charset{"iso-8859-2", "ISO-8859-2"},
    Charset{"latin2", "ISO-8859-2"},
    Charset{"iso-8859-3", "ISO-8859-3"},
    Charset{"iso-8859-4", "ISO-8859-4"},
    Charset{"iso-8859-5", "ISO-8859-5"},
    Charset{"iso-8859-6", "ISO-8859-6"},
    Charset{"iso-8859-7", "ISO-8859-7"},
    Charset{"iso-8859-8", "ISO-8859-8"},
    Charset{"iso-8859-9", "WINDOWS-1254"},
    Charset{"iso-8859-10", "ISO-8859-10"},
    Charset{"iso-8859-13", "ISO-8859-13"},
    Charset{"iso-8859-14", "ISO-8859-14"},
    Charset{"iso-8859-15", "ISO-8859-15"},
    Charset{"iso-8859-16", "ISO-8859-16"},
    Charset{"ibm866", "IBM866"},
    Charset{"koi8-r", "KOI8-R"},
    Charset{"koi8-u", "KOI8-U"},
    Charset{"macintosh", "MACINTOSH"},
    Charset{"windows-874", "WINDOWS-874"},
    Charset{"windows-1250", "WINDOWS-1250"},
    Charset{"windows-1251", "WINDOWS-1251"},
    Charset{"windows-1253", "WINDOWS-1253"},
    Charset{"windows-1254", "WINDOWS-1254"},
    Charset{"windows-1255", "WINDOWS-1255"},
    Charset{"windows-1256", "WINDOWS-1256"},
    Charset{"windows-1257", "WINDOWS-1257"},
    Charset{"windows-1258", "WINDOWS-1258"},
    Charset{"utf-16", "UTF-16LE"},
    Charset{"utf-16le", "UTF-16LE"},
    Charset{"utf-16be", "UTF-16BE"},
    Charset{"gbk", "GBK"},
    Charset{"gb2312", "GBK"},
    Charset{"gb_2312-80", "GBK"},
    Charset{"gb18030", "GB18030"},
    Charset{"big5", "BIG5-HKSCS"},
    Charset{"euc-jp", "EUC-JP"},
    Charset{"shift_jis", "CP932"},
    Charset{"shift-jis", "CP932"},
    Charset{"sjis", "CP932"},
    Charset{"euc-kr", "CP949"},
};

const Charset* find_charset(std::string_view name) {
  const auto* const found =
      std::find_if(kCharsets.begin(), kCharsets.end(), [&](const Charset& charset) { return charset.label == name; });
  return found == kCharsets.end() ? nullptr : found;
}

bool is_utf8_label(std::string_view name) {
  return name == "utf-8" || name == "utf8" || name == "unicode-1-1-utf-8";
}

}  // namespace

bool is_charset(std::string_view label) {
  const auto name = lower_case(config::trim(label));
  return is_utf8_label(name) || find_charset(name) != nullptr;
}

tl::expected<std::string, std::string> decode_charset(std::string_view bytes, std::string_view label) {
  const auto name = lower_case(config::trim(label));
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
  label = config::trim(label.substr(0, label.find(';')));
  if (label.size() >= 2 && label.front() == '"' && label.back() == '"') label = label.substr(1, label.size() - 2);
  return std::string(label);
}

}  // namespace vedette::language
