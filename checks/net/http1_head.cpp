#include "checks/net/http1_head.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "checks/text.hpp"
#include "config/ascii.hpp"
#include "config/secret.hpp"

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

}  // namespace

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
      const auto coding = config::trim(line.substr(std::min(line.size(), name.size() + 1)));
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
