#include "cel/time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "config/duration.hpp"

namespace vedette::cel {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86400;
constexpr std::array<std::string_view, 10> kParts{"getFullYear",  "getMonth",       "getDate",  "getDayOfMonth",
                                                  "getDayOfWeek", "getDayOfYear",   "getHours", "getMinutes",
                                                  "getSeconds",   "getMilliseconds"};

std::optional<int> number(std::string_view text, std::size_t from, std::size_t size) {
  int out = 0;
  const auto part = text.substr(std::min(from, text.size()), size);
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
  if (part.size() != size || error != std::errc() || end != part.data() + size || part[0] == '-') return std::nullopt;
  return out;
}

/// Seconds east of UTC of `Z` or `+02:00`.
std::optional<std::int64_t> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const auto hours = number(text, 1, 2);
  const auto minutes = number(text, 4, 2);
  const bool valid = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':';
  if (!valid || !hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto out = static_cast<std::int64_t>(*hours) * 3600 + static_cast<std::int64_t>(*minutes) * 60;
  return text[0] == '-' ? -out : out;
}

tl::unexpected<std::string> no_time(const std::string& text) {
  return tl::make_unexpected(fmt::format("'{}' is not a time of RFC 3339", text.substr(0, 50)));
}

}  // namespace

std::int64_t floor_seconds(std::int64_t nanoseconds) {
  return nanoseconds / kSecond - (nanoseconds % kSecond < 0 ? 1 : 0);
}

Outcome timestamp_of(std::int64_t seconds) {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &out)) return tl::make_unexpected("a time is out of range");
  return Value(Timestamp{out});
}

Outcome parse_timestamp(const std::string& text) {
  using namespace std::chrono;
  const auto y = number(text, 0, 4);
  const auto m = number(text, 5, 2);
  const auto d = number(text, 8, 2);
  const auto hour = number(text, 11, 2);
  const auto minute = number(text, 14, 2);
  const auto second = number(text, 17, 2);
  if (!y || !m || !d || !hour || !minute || !second || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':' || *hour > 23 || *minute > 59 ||
      *second > 59) {
    return no_time(text);
  }
  const year_month_day date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return no_time(text);
  std::size_t at = 19;
  std::int64_t fraction = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t unit = kSecond;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      unit /= 10;
      fraction += (text[at] - '0') * unit;
    }
  }
  const auto offset = offset_of(std::string_view(text).substr(at));
  if (!offset) return no_time(text);
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  auto out = timestamp_of(days * kDay + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second - *offset);
  if (!out) return out;
  return Value(Timestamp{out->get<Timestamp>()->nanoseconds + fraction});
}

std::string format_timestamp(const Timestamp& time) {
  const auto seconds = floor_seconds(time.nanoseconds);
  const auto fraction = time.nanoseconds - seconds * kSecond;
  auto out = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
  if (fraction != 0) {
    auto digits = fmt::format(".{:09}", fraction);
    while (digits.ends_with('0')) digits.pop_back();
    out += digits;
  }
  return out + "Z";
}

Outcome parse_duration(const std::string& text) {
  const auto duration = config::parse_duration(text);
  if (!duration || text.find_first_of("dw") != std::string::npos) {
    return tl::make_unexpected(fmt::format("'{}' is not a duration", text.substr(0, 50)));
  }
  return Value(Duration{duration->count()});
}

std::string format_duration(const Duration& duration) {
  return fmt::format("{}s", static_cast<double>(duration.nanoseconds) / static_cast<double>(kSecond));
}

bool is_time_part(std::string_view name) {
  return std::find(kParts.begin(), kParts.end(), name) != kParts.end();
}

Outcome time_part(std::string_view name, const Timestamp& time, const std::string& zone) {
  using namespace std::chrono;
  const auto offset = zone == "UTC" || zone.empty() ? std::optional<std::int64_t>(0) : offset_of(zone);
  if (!offset) return tl::make_unexpected(fmt::format("'{}' is not a zone: write UTC or +02:00", zone.substr(0, 50)));
  const auto local = floor_seconds(time.nanoseconds) + *offset;
  const auto days_since = local / kDay - (local % kDay < 0 ? 1 : 0);
  const auto in_day = local - days_since * kDay;
  const sys_days date{days(days_since)};
  const year_month_day parts(date);
  std::int64_t out = 0;
  if (name == "getFullYear") out = static_cast<int>(parts.year());
  if (name == "getMonth") out = static_cast<unsigned>(parts.month()) - 1;
  if (name == "getDate") out = static_cast<unsigned>(parts.day());
  if (name == "getDayOfMonth") out = static_cast<unsigned>(parts.day()) - 1;
  if (name == "getDayOfWeek") out = weekday(date).c_encoding();
  if (name == "getDayOfYear") out = (date - sys_days(parts.year() / January / 1)).count();
  if (name == "getHours") out = in_day / 3600;
  if (name == "getMinutes") out = in_day / 60 % 60;
  if (name == "getSeconds") out = in_day % 60;
  if (name == "getMilliseconds") out = (time.nanoseconds - floor_seconds(time.nanoseconds) * kSecond) / 1'000'000;
  return Value(out);
}

Outcome duration_part(std::string_view name, const Duration& duration) {
  const auto seconds = duration.nanoseconds / kSecond;
  if (name == "getHours") return Value(seconds / 3600);
  if (name == "getMinutes") return Value(seconds / 60);
  if (name == "getSeconds") return Value(seconds);
  if (name == "getMilliseconds") return Value(duration.nanoseconds % kSecond / 1'000'000);
  return tl::make_unexpected("a duration has no " + std::string(name));
}

}  // namespace vedette::cel
