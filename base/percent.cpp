#include "base/percent.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vedette {

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view kMarks = "-._~";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || kMarks.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const auto digits = text.substr(i, 3);
    const bool pair = digits.size() == 3 && digits[0] == '%' &&
                      std::from_chars(digits.data() + 1, digits.data() + 3, byte, 16).ptr == digits.data() + 3;
    out += pair ? static_cast<char>(byte) : text[i];
    if (pair) i += 2;
  }
  return out;
}

}  // namespace vedette
