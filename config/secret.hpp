#pragma once

// A value that must not be seen: it prints as *** wherever it goes, and only reveal() gives it out.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::config {

class Secret {
 public:
  Secret() = default;
  /// `parts`: what references in it gave, where it is not a secret as a whole.
  static Secret literal(std::string value, std::vector<std::string> parts = {}) {
    Secret out(std::move(value), Source::kLiteral);
    out.parts_ = std::move(parts);
    return out;
  }
  /// The content of `path`, read again each time it is asked for, so that a rotated file counts at once.
  static Secret file(std::string path) { return {std::move(path), Source::kFile}; }

  [[nodiscard]] bool empty() const { return source_ == Source::kNone; }

  /// The value itself; a file's content is trimmed of white space. The error names the file, never its content.
  [[nodiscard]] tl::expected<std::string, std::string> reveal() const;
  /// The parts of the value that came from references.
  [[nodiscard]] const std::vector<std::string>& parts() const { return parts_; }

 private:
  enum class Source { kNone, kLiteral, kFile };
  Secret(std::string value, Source source) : value_(std::move(value)), source_(source) {}

  std::string value_;
  std::vector<std::string> parts_;
  Source source_ = Source::kNone;
};

/// Reads a file of at most `limit` bytes; the error says why not and names the file.
tl::expected<std::string, std::string> read_small_file(const std::string& path, std::size_t limit);

}  // namespace vedette::config

template <>
struct fmt::formatter<vedette::config::Secret> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const vedette::config::Secret& /*secret*/, Context& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
