#include "checks/net/http1_head.hpp"

#include <fmt/format.h>

#include <vector>

#include "checks/text.hpp"
#include "config/ascii.hpp"
#include "config/secret.hpp"

namespace vedette::net {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::vector<std::string_view> lines_of(std::string_view head) {
  std::vector<std::string_view> out;
  while (!head.empty()) {
    const auto end = head.find('\n');
    auto line = head.substr(0, end);
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.push_back(line);
  }
  return out;
}

std::string_view name_of(std::string_view line) {
  return line.substr(0, line.find(':'));
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
  const auto lines = lines_of(head);
  ResponseHead out;
  out.text.reserve(head.size() + lines.size());
  out.text = status_line(lines.front(), out.version) + "\r\n";
  const bool may_be_chunked = out.version >= "1.1";
  bool chunked = false;
  for (const auto line : lines) {
    if (!may_be_chunked || !same_ignoring_case(name_of(line), "Transfer-Encoding")) continue;
    const auto coding = config::trim(line.substr(std::min(line.size(), line.find(':') + 1)));
    if (chunked || !same_ignoring_case(coding, "chunked")) {
      return tl::make_unexpected(fmt::format("the transfer coding '{}' is not supported", printable(coding, 40)));
    }
    chunked = true;
  }
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto name = name_of(lines[i]);
    if (chunked && same_ignoring_case(name, "Content-Length")) continue;
    if (!may_be_chunked && same_ignoring_case(name, "Transfer-Encoding")) continue;
    out.text += lines[i];
    out.text += "\r\n";
  }
  return out;
}

}  // namespace vedette::net
