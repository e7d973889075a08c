#include "language/values/date.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "base/ascii.hpp"

namespace vedette::language {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86400;
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};
constexpr std::size_t kShort = 3;

/// What stands for other items.
std::optional<std::string_view> composite(std::string_view item) {
  if (item == "D" || item == "x") return "%m/%d/%y";
  if (item == "F") return "%Y-%m-%d";
  if (item == "v") return "%e-%b-%Y";
  if (item == "R") return "%H:%M";
  if (item == "T" || item == "X") return "%H:%M:%S";
  if (item == "r") return "%I:%M:%S %p";
  if (item == "c") return "%a %b %e %H:%M:%S %Y";
  if (item == "+") return "%Y-%m-%dT%H:%M:%S%.f%:z";
  return std::nullopt;
}

/// One item behind a %: its padding, and its name (`Y`, `.3f`, `:z`).
struct Item {
  char padding = '\0';
  std::string_view name;
  std::size_t size = 0;  ///< with the %
};

Item item_at(std::string_view format) {
  Item out;
  std::size_t at = 1;
  const auto peek = [&] { return at < format.size() ? format[at] : '\0'; };
  if (peek() == '-' || peek() == '_' || peek() == '0') out.padding = format[at++];
  const auto begin = at;
  while (peek() == ':' || peek() == '.' || peek() == '#') ++at;
  if (peek() == '3' || peek() == '6' || peek() == '9') ++at;
  ++at;
  out.name = format.substr(begin, std::min(at, format.size()) - begin);
  out.size = std::min(at, format.size());
  return out;
}

class Formatter {
 public:
  explicit Formatter(const Date& date)
      : seconds_(date.nanoseconds / kSecond - (date.nanoseconds % kSecond < 0 ? 1 : 0)),
        fraction_(date.nanoseconds - seconds_ * kSecond) {
    const auto time = static_cast<std::time_t>(seconds_);
    ::gmtime_r(&time, &parts_);
  }

  std::string text(std::string_view format) {
    std::string out;
    while (!format.empty()) {
      if (format[0] != '%') {
        const auto plain = format.substr(0, format.find('%'));
        out += plain;
        format.remove_prefix(plain.size());
        continue;
      }
      const auto item = item_at(format);
      const auto rendered = render(item);
      unknown_ = unknown_ || !rendered;
      out += rendered ? *rendered : std::string(format.substr(0, item.size));
      format.remove_prefix(item.size);
    }
    return out;
  }

  /// Whether text() met an item that there is not.
  [[nodiscard]] bool unknown() const { return unknown_; }

 private:
  static std::string number(std::int64_t value, int width, char usual, char padding) {
    const char with = padding == '\0' ? usual : padding;
    if (with == '-') return fmt::format("{}", value);
    return with == '0' ? fmt::format("{:0{}}", value, width) : fmt::format("{:{}}", value, width);
  }

  std::optional<std::string> render(const Item& item) {
    const auto& name = item.name;
    if (const auto other = composite(name)) return text(*other);
    if (const auto value = numeric(item)) return value;
    if (name == "b" || name == "h") return std::string(kMonths.at(month()).substr(0, kShort));
    if (name == "B") return std::string(kMonths.at(month()));
    if (name == "a") return std::string(kDays.at(weekday()).substr(0, kShort));
    if (name == "A") return std::string(kDays.at(weekday()));
    if (name == "p") return parts_.tm_hour < 12 ? "AM" : "PM";
    if (name == "P") return parts_.tm_hour < 12 ? "am" : "pm";
    if (name == "Z") return "UTC";
    if (name == "z") return "+0000";
    if (name == ":z") return "+00:00";
    if (name == "::z") return "+00:00:00";
    if (name == ":::z" || name == "#z") return "+00";
    if (name == "s") return fmt::format("{}", seconds_);
    if (name == "t") return "\t";
    if (name == "n") return "\n";
    if (name == "%") return "%";
    return fraction(name);
  }

  [[nodiscard]] std::optional<std::string> numeric(const Item& item) const {
    const std::int64_t year = 1900 + std::int64_t{parts_.tm_year};
    const auto with = [&](std::int64_t value, int width = 2, char usual = '0') {
      return number(value, width, usual, item.padding);
    };
    const auto hour12 = parts_.tm_hour % 12 == 0 ? 12 : parts_.tm_hour % 12;
    if (item.name == "Y") return with(year, 4);
    if (item.name == "C") return with(year / 100);
    if (item.name == "y") return with(year % 100);
    if (item.name == "m") return with(parts_.tm_mon + 1);
    if (item.name == "d") return with(parts_.tm_mday);
    if (item.name == "e") return with(parts_.tm_mday, 2, ' ');
    if (item.name == "w") return with(parts_.tm_wday, 1);
    if (item.name == "u") return with(parts_.tm_wday == 0 ? 7 : parts_.tm_wday, 1);
    if (item.name == "j") return with(parts_.tm_yday + 1, 3);
    if (item.name == "H") return with(parts_.tm_hour);
    if (item.name == "k") return with(parts_.tm_hour, 2, ' ');
    if (item.name == "I") return with(hour12);
    if (item.name == "l") return with(hour12, 2, ' ');
    if (item.name == "M") return with(parts_.tm_min);
    if (item.name == "S") return with(parts_.tm_sec);
    return week(item);
  }

  /// Weeks are strftime's own business.
  [[nodiscard]] std::optional<std::string> week(const Item& item) const {
    constexpr std::string_view kWeeks = "UWGgV";
    if (item.name.size() != 1 || kWeeks.find(item.name[0]) == std::string_view::npos) return std::nullopt;
    const std::array<char, 3> form{'%', item.name[0], '\0'};
    std::array<char, 16> out{};
    const auto size = std::strftime(out.data(), out.size(), form.data(), &parts_);
    return std::string(out.data(), size);
  }

  [[nodiscard]] std::optional<std::string> fraction(std::string_view name) const {
    if (name == "f") return fmt::format("{:09}", fraction_);
    if (name == ".f") {
      if (fraction_ == 0) return std::string();
      if (fraction_ % 1'000'000 == 0) return fmt::format(".{:03}", fraction_ / 1'000'000);
      if (fraction_ % 1'000 == 0) return fmt::format(".{:06}", fraction_ / 1'000);
      return fmt::format(".{:09}", fraction_);
    }
    const bool point = name.starts_with('.');
    if (point) name.remove_prefix(1);
    if (name.size() != 2 || name[1] != 'f') return std::nullopt;
    const auto digits = fmt::format("{:09}", fraction_).substr(0, static_cast<std::size_t>(name[0] - '0'));
    return (point ? "." : "") + digits;
  }

  [[nodiscard]] std::size_t month() const { return static_cast<std::size_t>(parts_.tm_mon); }
  [[nodiscard]] std::size_t weekday() const { return static_cast<std::size_t>(parts_.tm_wday); }

  std::int64_t seconds_;
  std::int64_t fraction_;
  std::tm parts_{};
  bool unknown_ = false;
};

bool begins_with(std::string_view text, std::string_view word) {
  return same_ignoring_case(text.substr(0, word.size()), word);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool read(std::string_view format) {
    while (!format.empty()) {
      if (format[0] == '%') {
        const auto item = item_at(format);
        if (!take(item)) return false;
        format.remove_prefix(item.size);
      } else if (is_blank(format[0])) {
        skip_blanks();
        format.remove_prefix(1);
      } else {
        if (!text_.starts_with(format[0])) return false;
        text_.remove_prefix(1);
        format.remove_prefix(1);
      }
    }
    return true;
  }

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  /// Nothing when the parts do not make a date.
  [[nodiscard]] std::optional<Date> date() const {
    using namespace std::chrono;
    if (since_epoch_) return Date{*since_epoch_ * kSecond + fraction_};
    if (!year_ || ((!month_ || !day_) && !day_of_year_)) return std::nullopt;
    sys_days days;
    if (day_of_year_) {
      days = sys_days(year(static_cast<int>(*year_)) / January / 1) + std::chrono::days(*day_of_year_ - 1);
    } else {
      const year_month_day whole{year(static_cast<int>(*year_)), std::chrono::month(static_cast<unsigned>(*month_)),
                                 day(static_cast<unsigned>(*day_))};
      if (!whole.ok()) return std::nullopt;
      days = sys_days(whole);
    }
    if (weekday_ && weekday(days).c_encoding() != static_cast<unsigned>(*weekday_)) return std::nullopt;
    auto hour = hour_;
    if (afternoon_) hour = hour % 12 + (*afternoon_ ? 12 : 0);
    if (hour > 23 || minute_ > 59 || second_ > 60) return std::nullopt;
    const auto seconds =
        std::int64_t{days.time_since_epoch().count()} * kDay + hour * 3600 + minute_ * 60 + second_ - offset_;
    std::int64_t out = 0;
    if (__builtin_mul_overflow(seconds, kSecond, &out)) return std::nullopt;
    return Date{out + fraction_};
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void skip_blanks() {
    while (!text_.empty() && is_blank(text_[0])) text_.remove_prefix(1);
  }

  std::optional<std::int64_t> digits(std::size_t max) {
    std::size_t size = 0;
    while (size < text_.size() && size < max && text_[size] >= '0' && text_[size] <= '9') ++size;
    std::int64_t out = 0;
    std::from_chars(text_.data(), text_.data() + size, out);
    text_.remove_prefix(size);
    return size == 0 ? std::nullopt : std::optional(out);
  }

  template <typename Number>
  bool number(Number& out, std::size_t max, std::int64_t min = 0, std::int64_t largest = INT64_MAX) {
    skip_blanks();
    const auto value = digits(max);
    if (!value || *value < min || *value > largest) return false;
    out = value.value_or(0);
    return true;
  }

  template <std::size_t N>
  std::optional<std::int64_t> word(const std::array<std::string_view, N>& words) {
    for (std::size_t i = 0; i < N; ++i) {
      const auto& whole = words[i];
      const auto size = begins_with(text_, whole)                     ? whole.size()
                        : begins_with(text_, whole.substr(0, kShort)) ? kShort
                                                                      : 0;
      if (size == 0) continue;
      text_.remove_prefix(size);
      return static_cast<std::int64_t>(i);
    }
    return std::nullopt;
  }

  bool take(const Item& item) {
    const auto& name = item.name;
    if (const auto other = composite(name)) return read(*other);
    if (name == "Y") return number(year_, 4);
    if (name == "y") {
      if (!number(year_, 2)) return false;
      *year_ += *year_ < 70 ? 2000 : 1900;
      return true;
    }
    if (name == "m") return number(month_, 2, 1, 12);
    if (name == "d" || name == "e") return number(day_, 2, 1, 31);
    if (name == "j") return number(day_of_year_, 3, 1, 366);
    if (name == "H" || name == "k" || name == "I" || name == "l") return number(hour_, 2);
    if (name == "M") return number(minute_, 2);
    if (name == "S") return number(second_, 2);
    if (name == "s") return number(since_epoch_, 11);
    if (name == "b" || name == "B" || name == "h") {
      const auto found = word(kMonths);
      if (found) month_ = *found + 1;
      return found.has_value();
    }
    if (name == "a" || name == "A") {
      weekday_ = word(kDays);
      return weekday_.has_value();
    }
    return take_rest(name);
  }

  bool take_rest(std::string_view name) {
    if (name == "p" || name == "P") {
      const bool am = begins_with(text_, "am");
      if (!am && !begins_with(text_, "pm")) return false;
      afternoon_ = !am;
      text_.remove_prefix(2);
      return true;
    }
    if (name == "f" || name.ends_with('f')) return take_fraction(name);
    if (name.ends_with('z')) return take_offset();
    if (name == "Z") {
      // The name of a zone says nothing of its offset.
      while (!text_.empty() && !is_blank(text_[0])) text_.remove_prefix(1);
      return true;
    }
    if (name == "t" || name == "n") {
      skip_blanks();
      return true;
    }
    if (name != "%" || !text_.starts_with('%')) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool take_fraction(std::string_view name) {
    if (name.starts_with('.')) {
      if (!text_.starts_with('.')) return name == ".f";
      text_.remove_prefix(1);
    }
    const auto before = text_.size();
    const auto value = digits(9);
    if (!value) return false;
    fraction_ = *value;
    for (auto size = before - text_.size(); size < 9; ++size) fraction_ *= 10;
    return true;
  }

  bool take_offset() {
    if (text_.starts_with('Z') || text_.starts_with('z')) {
      text_.remove_prefix(1);
      return true;
    }
    if (!text_.starts_with('+') && !text_.starts_with('-')) return false;
    const bool west = text_[0] == '-';
    text_.remove_prefix(1);
    const auto hours = digits(2);
    if (text_.starts_with(':')) text_.remove_prefix(1);
    const auto minutes = digits(2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return false;
    offset_ = (*hours * 3600 + *minutes * 60) * (west ? -1 : 1);
    return true;
  }

  std::string_view text_;
  std::optional<std::int64_t> year_;
  std::optional<std::int64_t> month_;
  std::optional<std::int64_t> day_;
  std::optional<std::int64_t> day_of_year_;
  std::optional<std::int64_t> weekday_;
  std::optional<std::int64_t> since_epoch_;
  std::optional<bool> afternoon_;
  std::int64_t hour_ = 0;
  std::int64_t minute_ = 0;
  std::int64_t second_ = 0;
  std::int64_t fraction_ = 0;
  std::int64_t offset_ = 0;
};

}  // namespace

bool is_date_format(std::string_view format) {
  Formatter formatter({});
  formatter.text(format);
  return !formatter.unknown();
}

std::string format_date(const Date& date, std::string_view format) {
  return Formatter(date).text(format);
}

tl::expected<Date, std::string> parse_date(std::string_view text, std::string_view format) {
  Reader reader(text);
  const bool read = reader.read(format) && reader.at_end();
  const auto date = read ? reader.date() : std::nullopt;
  if (!date) return tl::make_unexpected(fmt::format("'{}' is not a date of the form {}", text.substr(0, 100), format));
  return *date;
}

}  // namespace vedette::language
