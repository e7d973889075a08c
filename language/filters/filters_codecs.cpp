// Filters between texts and bytes, and between ways to write both.

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/base64.hpp"
#include "base/digests.hpp"
#include "base/hex.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "language/filters/filters.hpp"
#include "language/markup/entities.hpp"
#include "language/values/charset.hpp"

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
  return Value(unescape_html(*text));
}

Outcome to_hex_text(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>();
  if (bytes == nullptr) return wrong_input(input, "bytes");
  return Value(to_hex(bytes->data));
}

Outcome url_decode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  auto out = percent_decoded(*text);
  if (!is_utf8(out)) return tl::make_unexpected(std::string("the decoded bytes are not UTF-8"));
  return Value(std::move(out));
}

Outcome url_encode(const Value& input, const Filter& /*filter*/) {
  const auto* text = text_of(input);
  if (text == nullptr) return wrong_input(input, "a string");
  return Value(percent_encoded(*text, "/"));
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

Outcome sha256(const Value& input, const Filter& /*filter*/) {
  const auto* bytes = input.get<Bytes>() != nullptr ? &input.get<Bytes>()->data : text_of(input);
  if (bytes == nullptr) return wrong_input(input, "a string or bytes");
  return Value(Bytes{*digest_of("sha256", *bytes)});
}

Outcome hmac(const Value& input, const Filter& filter) {
  const auto* bytes = input.get<Bytes>() != nullptr ? &input.get<Bytes>()->data : text_of(input);
  if (bytes == nullptr) return wrong_input(input, "a string or bytes");
  auto out = hmac_of(*filter.arguments[0].get<std::string>(), *filter.arguments[1].get<std::string>(), *bytes);
  if (!out) return tl::make_unexpected(std::string("the algorithm is md5, sha1, sha256, sha384 or sha512"));
  return Value(Bytes{std::move(*out)});
}

}  // namespace vedette::language
