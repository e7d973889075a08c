#include "tests/bench/delays.hpp"

#include <charconv>

namespace vedette::bench {

namespace {

constexpr std::size_t kHeader = 12;

template <typename Number>
bool read_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Asked> asked(std::string_view delay, std::string_view id) {
  Asked out;
  std::int64_t microseconds = 0;
  if (!read_number(delay, microseconds) || microseconds < 0 || !read_number(id, out.id)) return std::nullopt;
  out.delay = std::chrono::microseconds(microseconds);
  return out;
}

/// The label at `at`, which moves behind it; empty at the root or at what is none.
std::string_view label(std::string_view message, std::size_t& at) {
  if (at >= message.size()) return {};
  const std::size_t size = static_cast<unsigned char>(message[at]);
  if (size == 0 || size > 63 || at + 1 + size > message.size()) return {};
  const auto out = message.substr(at + 1, size);
  at += 1 + size;
  return out;
}

}  // namespace

std::optional<Asked> asked_by_path(std::string_view path) {
  if (!path.starts_with("/d/")) return std::nullopt;
  path.remove_prefix(3);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return asked(path.substr(0, slash), path.substr(slash + 1));
}

std::optional<Asked> asked_by_query(std::string_view message) {
  std::size_t at = kHeader;
  const auto delay = label(message, at);
  const auto id = label(message, at);
  return asked(delay, id);
}

std::string reply_to(std::string_view message) {
  std::size_t end = kHeader;
  while (!label(message, end).empty()) continue;
  end += 5;  // the root, type and class
  std::string out(message.substr(0, std::min(end, message.size())));
  out[2] = static_cast<char>(out[2] | '\x84');  // QR and AA
  out[3] = 0;
  out[7] = 1;                         // one answer
  out[9] = out[10] = out[11] = '\0';  // nothing else
  // The name by a pointer to the question's, A, IN, a minute, 192.0.2.1.
  constexpr std::string_view kAnswer("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01", 16);
  out += kAnswer;
  return out;
}

}  // namespace vedette::bench
