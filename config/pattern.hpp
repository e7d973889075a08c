#pragma once

// A regular expression in the dialect of Go's regexp, which blackbox_exporter's users write, by RE2: linear time.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace re2 {
class RE2;
}

namespace vedette::config {

/// Immutable and cheap to copy; any number of threads may search with it at once.
class Pattern {
 public:
  /// Compiles `text`; the error is RE2's own words.
  static tl::expected<Pattern, std::string> compile(std::string_view text);

  /// Whether the pattern occurs anywhere in `text` (unanchored, as Go's MatchString). A byte that is no UTF-8 counts as
  /// U+FFFD, and groups() gives it so.
  [[nodiscard]] bool found_in(std::string_view text) const;

  /// The groups of the first match, group 0 being the whole; empty when there is no match.
  [[nodiscard]] std::vector<std::string> groups(std::string_view text) const;

  /// `text` with $1, ${1}, $name and ${name} replaced by the groups of a match and $$ by a dollar; what is unknown
  /// becomes empty (Go's Expand).
  [[nodiscard]] std::string expanded(std::string_view text, const std::vector<std::string>& groups) const;

  /// `text` with each match replaced by `with`, expanded.
  [[nodiscard]] std::string replaced(std::string_view text, std::string_view with) const;

  /// The number of the group called `name`, or -1.
  [[nodiscard]] int group_number(const std::string& name) const;

  /// As it was compiled: (?<name>…) is (?P<name>…).
  [[nodiscard]] const std::string& text() const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace vedette::config
