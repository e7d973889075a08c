#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace vedette {

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(std::min(text.size(), limit));
  for (const char c : text.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool shown = (byte >= 0x20 && byte < 0x7f) || c == '\n' || c == '\t';
    if (shown) {
      out += c;
    } else if (c != '\r') {
      out += '.';
    }
  }
  if (text.size() > limit) out += "...";
  return out;
}

namespace {

/// Whether the sequence, which is valid UTF-8, acts on what is around it.
bool acts(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return (lead < 0x20 && lead != '\n' && lead != '\t') || lead == 0x7f;
  // U+0080 to U+009F: control characters as well.
  if (lead == 0xc2) return static_cast<unsigned char>(sequence[1]) < 0xa0;
  // U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF; and what XML does not take, U+FFFE and U+FFFF.
  const auto code = sequence.size() != 3
                        ? 0U
                        : (lead & 0x0fU) << 12U | (static_cast<unsigned char>(sequence[1]) & 0x3fU) << 6U |
                              (static_cast<unsigned char>(sequence[2]) & 0x3fU);
  return code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0xfeff || code == 0xfffe || code == 0xffff;
}

bool is_plain(char c) {
  return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

}  // namespace

std::string visible(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), &is_plain)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (acts(text.substr(0, length))) {
      if (text[0] != '\r') out += '.';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return out;
}

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return text;
}

std::string escape_markup(std::string_view given) {
  const auto text = visible(given);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace vedette
