#include "config/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace vedette::config {

namespace {

struct Unit {
  std::string_view suffix;
  double factor;
};

constexpr std::array kDurationUnits{
    Unit{"ns", 1},  Unit{"us", 1e3}, Unit{"\u00b5s", 1e3}, Unit{"\u03bcs", 1e3}, Unit{"ms", 1e6},
    Unit{"s", 1e9}, Unit{"m", 60e9}, Unit{"h", 3600e9},    Unit{"d", 86400e9},   Unit{"w", 604800e9},
};

constexpr std::array kSizeUnits{
    Unit{"B", 1},
    Unit{"KB", 1024},
    Unit{"KiB", 1024},
    Unit{"MB", 1048576},
    Unit{"MiB", 1048576},
    Unit{"GB", 1073741824},
    Unit{"GiB", 1073741824},
    Unit{"TB", 1099511627776},
    Unit{"TiB", 1099511627776},
    Unit{"PB", 1125899906842624},
    Unit{"PiB", 1125899906842624},
    Unit{"EB", 1152921504606846976},
    Unit{"EiB", 1152921504606846976},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes an unsigned decimal number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + end, value, std::chars_format::fixed);
  if (end == 0 || error != std::errc() || stop != text.data() + end) return std::nullopt;
  text.remove_prefix(end);
  return value;
}

template <std::size_t N>
std::optional<double> take_unit(std::string_view& text, const std::array<Unit, N>& units) {
  std::size_t end = 0;
  while (end < text.size() && !is_digit(text[end]) && text[end] != '.') ++end;
  const auto word = text.substr(0, end);
  for (const auto& unit : units) {
    if (unit.suffix == word) {
      text.remove_prefix(end);
      return unit.factor;
    }
  }
  return std::nullopt;
}

bool take_sign(std::string_view& text) {
  if (text.empty() || (text[0] != '-' && text[0] != '+')) return false;
  const bool negative = text[0] == '-';
  text.remove_prefix(1);
  return negative;
}

}  // namespace

tl::expected<Duration, std::string> parse_duration(std::string_view text) {
  const auto whole = text;
  const auto wrong = [whole] {
    return tl::make_unexpected(
        fmt::format("'{}' is not a duration; write a number with a unit, such as 500ms, 5s, 1m30s or 1d", whole));
  };
  const bool negative = take_sign(text);
  if (text == "0") return Duration::zero();
  if (text.empty()) return wrong();
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return wrong();
    const auto factor = take_unit(text, kDurationUnits);
    if (!factor) return wrong();
    total += *number * *factor;
  }
  if (total >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) {
    return tl::make_unexpected(fmt::format("'{}' is longer than 292 years", whole));
  }
  return Duration(static_cast<std::int64_t>(negative ? -std::round(total) : std::round(total)));
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  std::string out = duration < Duration::zero() ? "-" : "";
  auto rest = static_cast<std::uint64_t>(duration < Duration::zero() ? -duration.count() : duration.count());
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 7> kParts{{{"d", 86'400'000'000'000},
                                                                              {"h", 3'600'000'000'000},
                                                                              {"m", 60'000'000'000},
                                                                              {"s", 1'000'000'000},
                                                                              {"ms", 1'000'000},
                                                                              {"us", 1'000},
                                                                              {"ns", 1}}};
  for (const auto& [suffix, factor] : kParts) {
    if (rest >= factor) out += fmt::format("{}{}", rest / factor, suffix);
    rest %= factor;
  }
  return out;
}

tl::expected<std::int64_t, std::string> parse_size(std::string_view text) {
  const auto whole = text;
  const bool negative = take_sign(text);
  if (text == "0") return 0;
  double bytes = 0;
  do {
    const auto number = take_number(text);
    const auto factor = number ? take_unit(text, kSizeUnits) : std::nullopt;
    if (!factor) {
      return tl::make_unexpected(
          fmt::format("'{}' is not a size; write a number with a suffix, such as 512B, 64KB or 1.5MB", whole));
    }
    bytes += *number * *factor;
  } while (!text.empty());
  if (bytes >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) {
    return tl::make_unexpected(fmt::format("'{}' is too large", whole));
  }
  return static_cast<std::int64_t>(negative ? -bytes : bytes);
}

}  // namespace vedette::config
