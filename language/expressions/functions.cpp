// The functions of expressions.

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/digests.hpp"
#include "base/hex.hpp"
#include "base/percent.hpp"
#include "config/duration.hpp"
#include "language/expressions/expression_syntax.hpp"
#include "language/filters/filters.hpp"
#include "language/lines/scope.hpp"
#include "language/values/date.hpp"
#include "language/values/json.hpp"

namespace vedette::language::expression {

namespace {

using Called = tl::expected<Value, std::string>;

tl::unexpected<std::string> wrong(std::string_view wanted, const Value& value) {
  return tl::make_unexpected(
      fmt::format("it takes {}, not {}", wanted, value.is_secret() ? "such a secret" : described(value)));
}

std::int64_t now_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The bytes of a text or of bytes.
const std::string* bytes_of(const Value& value) {
  if (const auto* text = value.get<std::string>()) return text;
  const auto* bytes = value.get<Bytes>();
  return bytes == nullptr ? nullptr : &bytes->data;
}

std::string letters(Scope& scope, std::int64_t count, std::string_view of) {
  std::string out;
  for (std::int64_t i = 0; i < count; ++i) out += of[scope.random() % of.size()];
  return out;
}

Called uuid(const Arguments& /*arguments*/, Scope& scope) {
  const auto high = (scope.random() & 0xffff'ffff'ffff'0fffULL) | 0x4000ULL;
  const auto low = (scope.random() & 0x3fff'ffff'ffff'ffffULL) | 0x8000'0000'0000'0000ULL;
  return Value(fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU, high & 0xffffU,
                           low >> 48U, low & 0xffff'ffff'ffffULL));
}

Called now(const Arguments& /*arguments*/, Scope& /*scope*/) {
  return Value(Date{now_nanoseconds()});
}

Called unix_time(const Arguments& /*arguments*/, Scope& /*scope*/) {
  return Value(now_nanoseconds() / 1'000'000'000);
}

Called date(const Arguments& arguments, Scope& /*scope*/) {
  const auto* format = arguments.plain[0].get<std::string>();
  if (format == nullptr) return wrong("a format such as \"%Y-%m-%d\"", arguments.plain[0]);
  if (arguments.plain.size() == 1) return Value(format_date({now_nanoseconds()}, *format));
  const auto* when = arguments.plain[1].get<Date>();
  if (when == nullptr) return wrong("a date", arguments.plain[1]);
  return Value(format_date(*when, *format));
}

Called add(const Arguments& arguments, Scope& /*scope*/) {
  const auto* when = arguments.plain[0].get<Date>();
  const auto* text = arguments.plain[1].get<std::string>();
  if (when == nullptr) return wrong("a date", arguments.plain[0]);
  if (text == nullptr) return wrong("a duration such as 5m", arguments.plain[1]);
  const bool back = text->starts_with('-');
  const auto duration = config::parse_duration(std::string_view(*text).substr(back ? 1 : 0));
  if (!duration) return tl::make_unexpected(duration.error());
  return Value(Date{when->nanoseconds + (back ? -duration->count() : duration->count())});
}

Called rand_int(const Arguments& arguments, Scope& scope) {
  const auto *min = arguments.plain[0].get<std::int64_t>(), *max = arguments.plain[1].get<std::int64_t>();
  if (min == nullptr || max == nullptr || *min > *max) {
    return tl::make_unexpected(std::string("it takes two whole numbers, the smaller one first"));
  }
  const auto range = static_cast<std::uint64_t>(*max) - static_cast<std::uint64_t>(*min) + 1;
  const auto drawn = range == 0 ? scope.random() : scope.random() % range;
  return Value(static_cast<std::int64_t>(static_cast<std::uint64_t>(*min) + drawn));
}

Called rand_text(const Arguments& arguments, Scope& scope, std::string_view of) {
  constexpr std::int64_t kMax = 4096;
  const auto* count = arguments.plain[0].get<std::int64_t>();
  if (count == nullptr || *count < 0 || *count > kMax) return wrong("a length from 0 to 4096", arguments.plain[0]);
  return Value(letters(scope, *count, of));
}

constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

Called rand_hex(const Arguments& arguments, Scope& scope) {
  return rand_text(arguments, scope, "0123456789abcdef");
}

Called rand_alnum(const Arguments& arguments, Scope& scope) {
  return rand_text(arguments, scope, kAlphanumeric);
}

Called rand_bool(const Arguments& /*arguments*/, Scope& scope) {
  return Value((scope.random() & 1U) != 0);
}

Called rand_email(const Arguments& /*arguments*/, Scope& scope) {
  constexpr std::int64_t kLength = 10;
  return Value(lower_case(letters(scope, kLength, kAlphanumeric)) + "@example.com");
}

Called rand_word(const Arguments& /*arguments*/, Scope& scope) {
  constexpr std::array<std::string_view, 16> kWords{"anchor", "bridge", "candle",  "desert", "engine", "forest",
                                                    "garden", "harbor", "island",  "jacket", "kernel", "lantern",
                                                    "meadow", "needle", "orchard", "pepper"};
  return Value(std::string(kWords.at(scope.random() % kWords.size())));
}

constexpr std::array<std::string_view, 12> kFirstNames{"Ada",   "Alan", "Barbara", "Claude", "Edsger", "Frances",
                                                       "Grace", "Hedy", "John",    "Karen",  "Radia",  "Tim"};
constexpr std::array<std::string_view, 12> kLastNames{"Allen",   "Baker",    "Carter",  "Davis",  "Evans", "Foster",
                                                      "Griffin", "Harrison", "Jackson", "Knight", "Lopez", "Morgan"};

Called rand_first_name(const Arguments& /*arguments*/, Scope& scope) {
  return Value(std::string(kFirstNames.at(scope.random() % kFirstNames.size())));
}

Called rand_last_name(const Arguments& /*arguments*/, Scope& scope) {
  return Value(std::string(kLastNames.at(scope.random() % kLastNames.size())));
}

Called rand_full_name(const Arguments& /*arguments*/, Scope& scope) {
  const auto first = kFirstNames.at(scope.random() % kFirstNames.size());
  return Value(fmt::format("{} {}", first, kLastNames.at(scope.random() % kLastNames.size())));
}

Called pick(const Arguments& arguments, Scope& scope) {
  const auto* items = arguments.plain[0].list();
  if (items == nullptr || items->empty()) return wrong("a list that is not empty", arguments.plain[0]);
  return (*items)[scope.random() % items->size()];
}

Called len(const Arguments& arguments, Scope& /*scope*/) {
  const auto size = length_of(arguments.plain[0]);
  if (!size) return wrong("a text, bytes, a list or an object", arguments.plain[0]);
  return Value(static_cast<std::int64_t>(*size));
}

/// A filter with no arguments as a function.
Called filtered(const Value& input, Outcome (*apply)(const Value&, const Filter&)) {
  auto out = apply(input, {});
  if (!out) return tl::make_unexpected(out.error().message);
  return std::move(**out);
}

Called lower_text(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &lower);
}
Called upper_text(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &upper);
}
Called trim_text(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &trimmed);
}
Called as_text(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &to_string);
}
Called as_int(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &to_int);
}
Called as_float(const Arguments& arguments, Scope& /*scope*/) {
  return filtered(arguments.plain[0], &to_float);
}

Called b64(const Arguments& arguments, Scope& /*scope*/) {
  const auto* bytes = bytes_of(arguments.plain[0]);
  if (bytes == nullptr) return wrong("a text or bytes", arguments.plain[0]);
  return Value(encode_base64(*bytes));
}

Called b64url(const Arguments& arguments, Scope& /*scope*/) {
  const auto* bytes = bytes_of(arguments.plain[0]);
  if (bytes == nullptr) return wrong("a text or bytes", arguments.plain[0]);
  return Value(encode_base64_url(*bytes));
}

Called hex(const Arguments& arguments, Scope& /*scope*/) {
  const auto* bytes = bytes_of(arguments.plain[0]);
  if (bytes == nullptr) return wrong("a text or bytes", arguments.plain[0]);
  return Value(to_hex(*bytes));
}

Called urlencode(const Arguments& arguments, Scope& /*scope*/) {
  const auto text = plain_text(arguments.plain[0]);
  if (!text) return wrong("a text", arguments.plain[0]);
  return Value(percent_encoded(*text));
}

Called json(const Arguments& arguments, Scope& /*scope*/) {
  return Value(to_json(arguments.plain[0]));
}

Called hash(const Arguments& arguments, Scope& /*scope*/) {
  const auto* algorithm = arguments.plain[0].get<std::string>();
  const auto* bytes = bytes_of(arguments.plain[1]);
  if (bytes == nullptr) return wrong("a text or bytes", arguments.plain[1]);
  auto out = digest_of(algorithm == nullptr ? "" : *algorithm, *bytes);
  if (!out) return wrong("md5, sha1, sha256, sha384 or sha512", arguments.plain[0]);
  return Value(Bytes{std::move(*out)});
}

Called hmac(const Arguments& arguments, Scope& /*scope*/) {
  const auto* algorithm = arguments.plain[0].get<std::string>();
  const auto *key = bytes_of(arguments.plain[1]), *bytes = bytes_of(arguments.plain[2]);
  if (key == nullptr || bytes == nullptr) return wrong("a key and a text", arguments.plain[2]);
  auto out = hmac_of(algorithm == nullptr ? "" : *algorithm, *key, *bytes);
  if (!out) return wrong("md5, sha1, sha256, sha384 or sha512", arguments.plain[0]);
  return Value(Bytes{std::move(*out)});
}

Called totp(const Arguments& arguments, Scope& /*scope*/) {
  std::int64_t digits = 6;
  std::int64_t period = 30;
  std::string algorithm = "sha1";
  for (const auto& [name, value] : arguments.named) {
    if (name == "digits" && value.get<std::int64_t>()) digits = *value.get<std::int64_t>();
    if (name == "period" && value.get<std::int64_t>()) period = *value.get<std::int64_t>();
    if (name == "algo" && value.get<std::string>()) algorithm = *value.get<std::string>();
  }
  constexpr std::int64_t kMaxDigits = 10;
  constexpr std::int64_t kMaxLength = 86400;
  if (digits < 1 || digits > kMaxDigits) return tl::make_unexpected(std::string("digits are from 1 to 10"));
  if (period < 1 || period > kMaxLength) return tl::make_unexpected(std::string("period is from 1 to 86400 seconds"));
  const auto* seed = arguments.plain[0].get<std::string>();
  const auto key = seed == nullptr ? std::nullopt : decode_base32(*seed);
  if (!key) return tl::make_unexpected(std::string("the seed must be base32, as authenticators show it"));
  auto out = totp_of(*key, now_nanoseconds() / 1'000'000'000, static_cast<int>(digits), period, algorithm);
  if (!out) return tl::make_unexpected(std::string("algo is sha1, sha256 or sha512"));
  return Value(std::move(*out));
}

Called file(const Arguments& arguments, Scope& scope) {
  const auto* path = arguments.plain[0].get<std::string>();
  if (path == nullptr || arguments.plain[0].is_secret()) return wrong("the name of a file", arguments.plain[0]);
  auto text = scope.read_file(*path);
  if (!text) return tl::make_unexpected(text.error().message);
  return Value(std::move(*text));
}

const std::vector<FunctionInfo>& table() {
  static const std::vector<FunctionInfo> kTable{
      {"add", 2, 2, {}, &add},
      {"b64", 1, 1, {}, &b64},
      {"b64url", 1, 1, {}, &b64url},
      {"date", 1, 2, {}, &date},
      {"default", 2, 2, {}, nullptr},
      {"defined", 1, 1, {}, nullptr},
      {"file", 1, 1, {}, &file},
      {"float", 1, 1, {}, &as_float},
      {"hash", 2, 2, {}, &hash},
      {"hex", 1, 1, {}, &hex},
      {"hmac", 3, 3, {}, &hmac},
      {"int", 1, 1, {}, &as_int},
      {"json", 1, 1, {}, &json},
      {"len", 1, 1, {}, &len},
      {"lower", 1, 1, {}, &lower_text},
      {"now", 0, 0, {}, &now},
      {"pick", 1, 1, {}, &pick},
      {"rand_alnum", 1, 1, {}, &rand_alnum},
      {"rand_bool", 0, 0, {}, &rand_bool},
      {"rand_email", 0, 0, {}, &rand_email},
      {"rand_first_name", 0, 0, {}, &rand_first_name},
      {"rand_full_name", 0, 0, {}, &rand_full_name},
      {"rand_hex", 1, 1, {}, &rand_hex},
      {"rand_int", 2, 2, {}, &rand_int},
      {"rand_last_name", 0, 0, {}, &rand_last_name},
      {"rand_word", 0, 0, {}, &rand_word},
      {"step", 1, 1, {}, nullptr},
      {"str", 1, 1, {}, &as_text},
      {"totp", 1, 1, {"digits", "period", "algo"}, &totp},
      {"trim", 1, 1, {}, &trim_text},
      {"unix", 0, 0, {}, &unix_time},
      {"upper", 1, 1, {}, &upper_text},
      {"urlencode", 1, 1, {}, &urlencode},
      {"uuid", 0, 0, {}, &uuid},
  };
  return kTable;
}

}  // namespace

const FunctionInfo* find_function(std::string_view name) {
  for (const auto& info : table()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace vedette::language::expression

namespace vedette::language {

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> out;
  for (const auto& info : expression::table()) out.push_back(info.name);
  return out;
}

}  // namespace vedette::language
