#include "config/text_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/utf8.hpp"
#include "config/secret.hpp"

namespace vedette::config {

std::string TextProblem::text(std::string_view path) const {
  return line == 0 ? fmt::format("{}: {}", path, message) : fmt::format("{}:{}:{}: {}", path, line, column, message);
}

tl::expected<std::string, TextProblem> read_text(std::string bytes) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return tl::make_unexpected(TextProblem{"the file is in UTF-16; save it as UTF-8", 1, 1});
  }
  if (bytes.starts_with(kMark)) bytes.erase(0, kMark.size());
  TextProblem at{{}, 1, 1};
  for (std::string_view rest = bytes; !rest.empty();) {
    const auto length = utf8_length(rest);
    if (length == 0) {
      at.message =
          fmt::format("the byte 0x{:02x} is not UTF-8; save the file as UTF-8", static_cast<unsigned char>(rest[0]));
      return tl::make_unexpected(std::move(at));
    }
    const bool line_ends = rest[0] == '\n';
    at.line += line_ends ? 1 : 0;
    at.column = line_ends ? 1 : at.column + 1;
    rest.remove_prefix(length);
  }
  return bytes;
}

tl::expected<std::string, TextProblem> read_text_file(const std::string& path, std::size_t limit) {
  auto bytes = read_small_file(path, limit);
  if (!bytes) return tl::make_unexpected(TextProblem{std::move(bytes.error())});
  return read_text(std::move(*bytes));
}

}  // namespace vedette::config
