#include "net/http/http1_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/text.hpp"

namespace vedette::net {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the first line off `head`, without what ends it.
std::string_view take_line(std::string_view& head) {
  const auto end = head.find('\n');
  auto line = head.substr(0, end);
  head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// `HTTP/1.1 200 OK` with a version that the parser takes and a blank behind the status code.
std::string status_line(std::string_view line, std::string& version) {
  constexpr std::size_t kVersion = std::string_view("HTTP/").size();
  constexpr std::size_t kStatusWithoutReason = std::string_view("HTTP/1.1 200").size();
  const auto digits = line.substr(kVersion, 3);
  std::string out(line);
  if (digits.size() == 3 && is_digit(digits[0]) && digits[1] == '.' && is_digit(digits[2])) {
    version = digits;
    out.replace(kVersion, 3, digits < "1.1" ? "1.0" : "1.1");
  }
  if (out.size() == kStatusWithoutReason) out += ' ';
  return out;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// With what cannot be seen as its number.
std::string spelled_out(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string out;
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return out + (text.size() > kShown ? "..." : "");
}

}  // namespace

std::size_t end_of_head(std::string_view text, std::size_t& from) {
  auto at = text.find('\n', from);
  for (; at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") return at + 2;
    if (text.substr(at + 1, 2) == "\r\n") return at + 3;
    from = at;
  }
  from = std::max(from, text.size() - std::min<std::size_t>(text.size(), 3));
  return std::string_view::npos;
}

std::string bad_header_in(std::string_view head) {
  constexpr std::size_t kBefore = 20;
  take_line(head);
  for (bool first = true; !head.empty(); first = false) {
    const auto line = take_line(head);
    if (line.empty()) break;
    // A folded line goes on with the value before it.
    const bool folded = !first && (line.front() == ' ' || line.front() == '\t');
    const auto colon = folded ? std::string_view::npos : line.find(':');
    if (!folded && colon == std::string_view::npos) {
      return fmt::format("'{}' is no header: it has no colon", spelled_out(line));
    }
    if (!folded && !is_token(line.substr(0, colon))) {
      return fmt::format("'{}' is no header: its name is none", spelled_out(line));
    }
    const auto value = folded ? line : trim(line.substr(colon + 1));
    const auto bad = std::find_if(value.begin(), value.end(), &is_control);
    if (bad == value.end()) continue;
    const auto at = static_cast<std::size_t>(bad - value.begin());
    const auto from = at > kBefore ? at - kBefore : 0;
    return fmt::format("the header {} holds a control character: '{}{}'", spelled_out(line.substr(0, colon)),
                       from > 0 ? "..." : "", spelled_out(value.substr(from)));
  }
  return {};
}

tl::expected<ResponseHead, std::string> normalized_head(std::string_view head) {
  ResponseHead out;
  out.text.reserve(head.size() + 2);
  out.text = status_line(take_line(head), out.version);
  out.text += "\r\n";
  const bool may_be_chunked = out.version >= "1.1";
  bool chunked = false;
  // Where lines about the length stand in the text: they go when there are chunks.
  std::vector<std::pair<std::size_t, std::size_t>> lengths;
  while (!head.empty()) {
    const auto line = take_line(head);
    const auto name = line.substr(0, line.find(':'));
    if (same_ignoring_case(name, "Transfer-Encoding")) {
      if (!may_be_chunked) continue;
      const auto coding = trim(line.substr(std::min(line.size(), name.size() + 1)));
      if (chunked || !same_ignoring_case(coding, "chunked")) {
        return tl::make_unexpected(fmt::format("the transfer coding '{}' is not supported", printable(coding, 40)));
      }
      chunked = true;
    } else if (same_ignoring_case(name, "Content-Length")) {
      lengths.emplace_back(out.text.size(), line.size() + 2);
    }
    out.text += line;
    out.text += "\r\n";
  }
  for (auto length = lengths.rbegin(); chunked && length != lengths.rend(); ++length) {
    out.text.erase(length->first, length->second);
  }
  return out;
}

}  // namespace vedette::net
