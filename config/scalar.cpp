#include "config/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace vedette::config {

namespace {

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<double> parse_real(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

int take_base(std::string_view& digits) {
  constexpr int kOctal = 8;
  constexpr int kDecimal = 10;
  constexpr int kHex = 16;
  if (digits.size() < 2 || digits[0] != '0') return kDecimal;
  const char letter = digits[1];
  digits.remove_prefix(letter >= '0' && letter <= '9' ? 1 : 2);
  if (letter >= '0' && letter <= '9') return kOctal;
  if (letter == 'x' || letter == 'X') return kHex;
  if (letter == 'o' || letter == 'O') return kOctal;
  if (letter == 'b' || letter == 'B') return 2;
  digits = {};
  return kDecimal;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = take_base(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || text[0] == '-' || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

std::optional<bool> boolean_of(const Value& value) {
  constexpr std::array<std::string_view, 3> kTrue{"true", "True", "TRUE"};
  constexpr std::array<std::string_view, 3> kFalse{"false", "False", "FALSE"};
  constexpr std::array<std::string_view, 8> kYes{"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
  constexpr std::array<std::string_view, 8> kNo{"n", "N", "no", "No", "NO", "off", "Off", "OFF"};
  if (!value.is_scalar()) return std::nullopt;
  const auto& word = value.node().Scalar();
  const auto& tag = value.node().Tag();
  const bool plain = tag == "?" || tag.empty() || tag == "tag:yaml.org,2002:bool";
  if (is_one_of(word, kYes) || (plain && is_one_of(word, kTrue))) return true;
  if (is_one_of(word, kNo) || (plain && is_one_of(word, kFalse))) return false;
  return std::nullopt;
}

std::optional<Whole> whole_of(const Value& value) {
  if (!value.is_scalar() || value.is_quoted()) return std::nullopt;
  auto text = value.node().Scalar();
  if (text.starts_with('_')) return std::nullopt;
  text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
  if (const auto whole = parse_whole(text)) return Whole{*whole, false};
  constexpr double kMax = 9.2e18;
  const auto real = parse_real(text);
  if (!real || std::abs(*real) > kMax) return std::nullopt;
  return Whole{static_cast<std::int64_t>(*real), std::trunc(*real) != *real};
}

std::optional<double> number_of(const Value& value) {
  if (!value.is_scalar() || value.is_quoted()) return std::nullopt;
  return parse_real(value.node().Scalar());
}

}  // namespace vedette::config
