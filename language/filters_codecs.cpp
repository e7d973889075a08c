// Filters between texts and bytes, and between ways to write both.

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "config/utf8.hpp"
#include "language/base64.hpp"
#include "language/charset.hpp"
#include "language/filters.hpp"

namespace vedette::language {

namespace {

const std::string* text_of(const Value& input) {
  return input.get<std::string>();
}

/// RFC 4648 section 4, strictly; padding must be there or must not, as `padded` says.
Outcome decode_base64(std::string text, bool padded) {
  const auto invalid = [] { return tl::make_unexpected(std::string("the text is not base64")); };
  const auto end = text.find_last_not_of('=');
  const std::size_t data = end == std::string::npos ? 0 : end + 1;
  const bool clean = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(data), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
  if (!clean || data % 4 == 1 || (padded ? text.size() % 4 != 0 : text.size() != data)) return invalid();
  text.resize(data);
  const auto padding = (4 - data % 4) % 4;
  text.append(padding, '=');
  std::string out(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  out.resize(out.size() - padding);
  return Value(Bytes{std::move(out)});
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

Outcome base64_decode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  return text == nullptr ? Outcome(wrong_input(input, "a string")) : decode_base64(*text, true);
}

Outcome base64_encode(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  return Value(encode_base64(bytes->data));
}

Outcome base64_url_safe_decode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  if (text->find_first_of("+/") != std::string::npos)
    return tl::make_unexpected(std::string("the text is not base64url"));
  auto plain = *text;
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return decode_base64(std::move(plain), false);
}

Outcome base64_url_safe_encode(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  return Value(encode_base64_url(bytes->data));
}

Outcome charset_decode(const Value& input, const Filter& filter) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  auto text = decode_charset(bytes->data, *filter.arguments[0].get<std::string>());
  if (!text) return tl::make_unexpected(text.error());
  return Value(std::move(*text));
}

Outcome html_escape(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  std::string out;
  for (const char c : *text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#x27;";
    else
      out += c;
  }
  return Value(std::move(out));
}

Outcome html_unescape(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  std::string out;
  std::string_view rest = *text;
  constexpr std::size_t kLongestName = 32;
  while (!rest.empty()) {
    const auto plain = rest.substr(0, rest.find('&'));
    out += plain;
    rest.remove_prefix(plain.size());
    if (rest.empty()) break;
    const auto end = rest.substr(0, kLongestName).find(';');
    const auto name = end == std::string_view::npos ? std::string_view() : rest.substr(1, end - 1);
    std::uint32_t code = 0;
    if (name.starts_with('#')) {
      const bool hex = name.starts_with("#x") || name.starts_with("#X");
      const auto digits = name.substr(hex ? 2 : 1);
      const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
      if (error != std::errc() || stop != digits.data() + digits.size() || code > 0x10ffff) code = 0;
    } else if (name == "apos") {
      code = '\'';
    } else if (const auto* entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(std::string(name).c_str()))) {
      code = entity->value;
    }
    if (code == 0) {
      out += '&';
      rest.remove_prefix(1);
    } else {
      append_utf8(out, code);
      rest.remove_prefix(end + 1);
    }
  }
  return Value(std::move(out));
}

Outcome to_hex_text(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  return Value(to_hex(bytes->data));
}

Outcome url_decode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  std::string out;
  for (std::size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] == '%' && i + 2 < text->size() && is_hex((*text)[i + 1]) && is_hex((*text)[i + 2])) {
      unsigned byte = 0;
      std::from_chars(text->data() + i + 1, text->data() + i + 3, byte, 16);
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += (*text)[i];
    }
  }
  if (!is_utf8(out)) return tl::make_unexpected(std::string("the decoded bytes are not UTF-8"));
  return Value(std::move(out));
}

Outcome url_encode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  constexpr std::string_view kKept = "/-._~";
  std::string out;
  for (const char c : *text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || kKept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return Value(std::move(out));
}

Outcome utf8_decode(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  if (!is_utf8(bytes->data)) return tl::make_unexpected(std::string("the bytes are not UTF-8"));
  return Value(bytes->data);
}

Outcome utf8_encode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(Bytes{*text});
}

}  // namespace vedette::language
