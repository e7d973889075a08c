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

/// iconv's name for a label. The web reads the Latin and ASCII labels as the superset that Windows made of them.
std::string iconv_name(const std::string& label) {
  constexpr std::array<std::pair<std::string_view, const char*>, 14> kNames{{{"ascii", "WINDOWS-1252"},
                                                                             {"us-ascii", "WINDOWS-1252"},
                                                                             {"latin1", "WINDOWS-1252"},
                                                                             {"iso-8859-1", "WINDOWS-1252"},
                                                                             {"iso8859-1", "WINDOWS-1252"},
                                                                             {"iso-8859-9", "WINDOWS-1254"},
                                                                             {"utf-16", "UTF-16LE"},
                                                                             {"gb2312", "GBK"},
                                                                             {"gb_2312-80", "GBK"},
                                                                             {"sjis", "CP932"},
                                                                             {"shift_jis", "CP932"},
                                                                             {"shift-jis", "CP932"},
                                                                             {"euc-kr", "CP949"},
                                                                             {"big5", "BIG5-HKSCS"}}};
  const auto* const found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) { return entry.first == label; });
  return found == kNames.end() ? label : found->second;
}

}  // namespace

tl::expected<std::string, std::string> decode_charset(std::string_view bytes, std::string_view label) {
  const auto name = lower_case(config::trim(label));
  const auto invalid = [&] { return tl::make_unexpected(fmt::format("the bytes are not {}", name)); };
  if (name == "utf-8" || name == "utf8" || name == "unicode-1-1-utf-8") {
    if (!is_utf8(bytes)) return invalid();
    return std::string(bytes);
  }
  const auto converter = ::iconv_open("UTF-8", iconv_name(name).c_str());
  if (reinterpret_cast<std::intptr_t>(converter) == -1) {
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
