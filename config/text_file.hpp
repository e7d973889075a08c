#pragma once

// Files that people write: configurations, scenarios, variables, recordings.

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::config {

struct TextProblem {
  std::string message;
  int line = 0;    ///< both from one; zero when the problem is that of the whole file
  int column = 0;  ///< in letters

  /// `path:line:column: message`, or `path: message`.
  [[nodiscard]] std::string text(std::string_view path) const;
};

/// `bytes` as UTF-8 without the byte order mark that some editors put in front of it. A problem where it is not UTF-8.
tl::expected<std::string, TextProblem> read_text(std::string bytes);

/// The same for the file at `path`, of at most `limit` bytes.
tl::expected<std::string, TextProblem> read_text_file(const std::string& path, std::size_t limit);

}  // namespace vedette::config
