#include "probe/web/query_string.hpp"

#include <algorithm>
#include <charconv>

namespace vedette {

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
  constexpr int kHex = 16;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto digits = text.substr(i + 1, 2);
      unsigned char byte = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, kHex);
      if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

Parameters parse_query(std::string_view query) {
  Parameters out;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const auto equals = pair.find('=');
    auto key = percent_decoded(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::string() : percent_decoded(pair.substr(equals + 1), true);
    if (key && value) out.emplace_back(std::move(*key), std::move(*value));
  }
  return out;
}

}  // namespace vedette
