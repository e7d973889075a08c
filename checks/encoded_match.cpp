#include "checks/encoded_match.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace vedette {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The number that `digits` digits at the front of `text` make; nothing when there are fewer.
bool read_hex(std::string_view text, std::size_t digits, char32_t& out) {
  if (text.size() < digits) return false;
  std::uint32_t value = 0;
  constexpr int kHexadecimal = 16;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value, kHexadecimal);
  out = value;
  return error == std::errc() && end == text.data() + digits;
}

/// %C3%A4, and %25C3%25A4 when it was done twice.
std::size_t match_percent(std::string_view text, std::string_view bytes) {
  std::size_t at = 0;
  for (const char byte : bytes) {
    if (at >= text.size() || text[at] != '%') return 0;
    ++at;
    while (text.substr(at).starts_with("25") && at + 4 <= text.size()) at += 2;
    char32_t value = 0;
    if (!read_hex(text.substr(at), 2, value) || value != static_cast<unsigned char>(byte)) return 0;
    at += 2;
  }
  return at;
}

/// \u00e4, \xe4, \/, \n; with more backslashes when it was done twice.
std::size_t match_escape(std::string_view text, char32_t code) {
  constexpr std::size_t kMaxBackslashes = 4;
  const auto slashes = std::min(text.find_first_not_of('\\'), text.size());
  if (slashes == 0 || slashes > kMaxBackslashes || slashes == text.size())
    return code == '\\' ? std::min<std::size_t>(slashes, 2) : 0;
  const auto rest = text.substr(slashes);
  char32_t value = 0;
  if (rest[0] == 'x' && read_hex(rest.substr(1), 2, value) && value == code) return slashes + 3;
  if (rest[0] == 'u' && read_hex(rest.substr(1), 4, value)) {
    if (value == code) return slashes + 5;
    // Two halves for what is beyond 16 bits.
    char32_t low = 0;
    const auto second = rest.substr(5);
    const auto more = std::min(second.find_first_not_of('\\'), second.size());
    const bool pair = value >= 0xd800 && value < 0xdc00 && more > 0 && second.substr(more).starts_with('u') &&
                      read_hex(second.substr(more + 1), 4, low) && low >= 0xdc00 && low < 0xe000;
    if (pair && 0x10000 + ((value - 0xd800) << 10U) + (low - 0xdc00) == code) return slashes + 5 + more + 5;
  }
  constexpr std::array<std::pair<char, char32_t>, 5> kShort{
      {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'b', '\b'}, {'f', '\f'}}};
  for (const auto& [letter, meaning] : kShort) {
    if (rest[0] == letter && code == meaning) return slashes + 1;
  }
  const bool plain = code < 0x80 && static_cast<unsigned char>(rest[0]) == code;
  if (plain) return slashes + 1;
  return code == '\\' ? std::min<std::size_t>(slashes, 2) : 0;
}

/// &auml; is not known; &#228; &#xe4; &amp; and, done twice, &amp;#228; are.
std::size_t match_entity(std::string_view text, char32_t code) {
  if (!text.starts_with('&')) return 0;
  std::size_t at = 1;
  while (text.substr(at).starts_with("amp;") && at + 4 < text.size() &&
         (text[at + 4] == '#' || lower(text[at + 4]) == 'a' || lower(text[at + 4]) == 'l' ||
          lower(text[at + 4]) == 'g' || lower(text[at + 4]) == 'q')) {
    // The end of it, if what follows is no entity.
    if (code == '&' && text.find(';', at + 4) == std::string_view::npos) break;
    at += 4;
  }
  const auto rest = text.substr(at);
  const auto end = rest.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const auto name = rest.substr(0, end);
  constexpr std::array<std::pair<std::string_view, char32_t>, 5> kNames{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, meaning] : kNames) {
    if (meaning == code && same_ignoring_case(name, known)) return at + end + 1;
  }
  if (!name.starts_with('#')) return 0;
  const bool hex = name.size() > 1 && lower(name[1]) == 'x';
  const auto digits = name.substr(hex ? 2 : 1);
  std::uint32_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  const bool whole = !digits.empty() && error == std::errc() && stop == digits.data() + digits.size();
  return whole && value == code ? at + end + 1 : 0;
}

/// What evidence and terminals are shown in place of what they cannot show.
std::size_t match_hidden(std::string_view text, std::size_t bytes, char32_t code) {
  if (code >= 0x20 && code < 0x7f) return 0;
  const auto shown = text.substr(0, bytes);
  const auto dots = std::min(shown.find_first_not_of('.'), shown.size());
  if (dots > 0) return dots == bytes ? bytes : 1;
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  if (text.starts_with(kReplacement)) return kReplacement.size();
  const bool latin = code >= 0x80 && code < 0x100 && !text.empty() && static_cast<unsigned char>(text[0]) == code;
  return latin ? 1 : 0;
}

}  // namespace

EncodedSecret::EncodedSecret(std::string_view secret) {
  while (!secret.empty()) {
    const auto length = std::max<std::size_t>(1, utf8_length(secret));
    auto code = static_cast<char32_t>(static_cast<unsigned char>(secret[0]));
    if (length > 1) {
      code &= 0xffU >> (length + 1);
      for (std::size_t i = 1; i < length; ++i) code = code << 6U | (static_cast<unsigned char>(secret[i]) & 0x3fU);
    }
    letters_.push_back({std::string(secret.substr(0, length)), code});
    secret.remove_prefix(length);
  }
}

std::size_t EncodedSecret::match(std::string_view text, const Letter& letter) {
  if (text.starts_with(letter.bytes)) {
    const auto size = letter.bytes.size();
    // A backslash or an ampersand may also be the beginning of its own escape.
    if (letter.code == '\\') return std::max(size, match_escape(text, letter.code));
    if (letter.code == '&') return std::max(size, match_entity(text, letter.code));
    if (letter.code == '%') return std::max(size, match_percent(text, letter.bytes));
    return size;
  }
  if (text.empty()) return 0;
  if (text[0] == '%') return match_percent(text, letter.bytes);
  if (text[0] == '\\') return match_escape(text, letter.code);
  if (text[0] == '&') return match_entity(text, letter.code);
  if (text[0] == '+' && letter.code == ' ') return 1;
  return match_hidden(text, letter.bytes.size(), letter.code);
}

std::size_t EncodedSecret::letters_at(std::string_view text, std::size_t& at) const {
  std::size_t letters = 0;
  for (; letters < letters_.size(); ++letters) {
    const auto size = match(text.substr(at), letters_[letters]);
    if (size == 0) break;
    at += size;
  }
  return letters;
}

std::size_t EncodedSecret::length_at(std::string_view text, std::size_t at) const {
  auto end = at;
  return letters_at(text, end) == letters_.size() ? end - at : 0;
}

bool EncodedSecret::breaks_off(std::string_view text, std::size_t at, std::size_t min) const {
  constexpr std::size_t kLongestEscape = 12;
  auto end = at;
  const auto letters = letters_at(text, end);
  if (letters < min || letters == letters_.size()) return false;
  const auto rest = text.substr(end);
  // All was taken, or what is left is the beginning of one more escape.
  return rest.empty() || (rest.size() < kLongestEscape && (rest[0] == '%' || rest[0] == '\\' || rest[0] == '&'));
}

std::size_t hex_length_at(std::string_view text, std::size_t at, std::string_view secret) {
  constexpr std::string_view kBetween = " \t\r\n:-,._";
  constexpr std::size_t kMaxBetween = 2;
  auto i = at;
  for (const char byte : secret) {
    for (std::size_t n = 0; i > at && n < kMaxBetween && i < text.size() && kBetween.find(text[i]) != kBetween.npos;
         ++n) {
      ++i;
    }
    if (text.substr(i).starts_with("0x")) i += 2;
    char32_t value = 0;
    if (!read_hex(text.substr(std::min(i, text.size())), 2, value) || value != static_cast<unsigned char>(byte))
      return 0;
    i += 2;
  }
  return i - at;
}

}  // namespace vedette
