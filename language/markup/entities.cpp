#include "language/markup/entities.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/utf8.hpp"

namespace vedette::language {

namespace {

struct Entity {
  std::string_view name;  ///< with its semicolon, but for the old ones
  std::string_view text;
};

/// Sorted by name.
constexpr Entity kEntities[]{
#include "language/markup/entities.inc"
};

constexpr std::size_t kLongestName = 33;

const Entity* find_entity(std::string_view name) {
  const auto* found =
      std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                       [](const Entity& entity, std::string_view wanted) { return entity.name < wanted; });
  return found != std::end(kEntities) && found->name == name ? found : nullptr;
}

/// The standard's table of what bytes of Windows-1252 are taken for.
constexpr std::array<std::uint32_t, 32> kWindows{0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                                 0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                                 0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

struct Reference {
  std::string text{};
  std::size_t size = 0;
};

/// `&#65;`, `&#x41;`; `rest` begins with &#.
std::optional<Reference> by_number(std::string_view rest) {
  const bool hex = rest.size() > 2 && (rest[2] == 'x' || rest[2] == 'X');
  std::size_t at = hex ? 3 : 2;
  const auto begin = at;
  std::uint32_t code = 0;
  const auto digit = [&](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (hex && c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (hex && c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  constexpr std::uint32_t kMax = 0x110000;
  for (; at < rest.size() && digit(rest[at]) >= 0; ++at) {
    code = std::min(kMax, code * (hex ? 16U : 10U) + static_cast<std::uint32_t>(digit(rest[at])));
  }
  if (at == begin) return std::nullopt;
  if (at < rest.size() && rest[at] == ';') ++at;
  if (code >= 0x80 && code < 0xa0) code = kWindows.at(code - 0x80);
  const bool invalid = code == 0 || code >= kMax || (code >= 0xd800 && code < 0xe000);
  Reference out{.size = at};
  append_utf8(out.text, invalid ? 0xfffd : code);
  return out;
}

/// `rest` begins with &.
std::optional<Reference> by_name(std::string_view rest) {
  const auto name = rest.substr(1, kLongestName);
  // The longest one counts.
  for (auto size = name.size(); size > 0; --size) {
    if (const auto* entity = find_entity(name.substr(0, size))) return Reference{std::string(entity->text), size + 1};
  }
  return std::nullopt;
}

}  // namespace

std::string unescape_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto plain = text.substr(0, text.find('&'));
    out += plain;
    text.remove_prefix(plain.size());
    if (text.empty()) break;
    const auto reference = text.starts_with("&#") ? by_number(text) : by_name(text);
    out += reference ? reference->text : "&";
    text.remove_prefix(reference ? reference->size : 1);
  }
  return out;
}

}  // namespace vedette::language
