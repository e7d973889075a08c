#pragma once

// Text from targets, made fit to be shown: on pages, in logs, in JSON.

#include <cstddef>
#include <string>
#include <string_view>

namespace vedette {

/// At most `limit` bytes of `text` with everything unprintable replaced, for evidence and logs.
std::string printable(std::string_view text, std::size_t limit);

/// `text` as valid UTF-8 without anything that acts instead of being seen: control characters but newlines and tabs (a
/// terminal obeys them), and marks that turn the direction of what follows. Each becomes a dot.
std::string visible(std::string_view text);

/// `text` with blanks for line breaks and tabs: a target must not begin lines of its own in ours.
std::string one_line(std::string text);

/// `text` with what HTML and XML give a meaning written as entities, and visible() otherwise.
std::string escape_markup(std::string_view text);

/// `1 error`, `2 errors`.
std::string counted(std::size_t count, std::string_view noun);

/// How a text for a person is laid out.
struct TextStyle {
  bool colour = false;
  bool verbose = false;  ///< also what matters only when something failed
  int width = 80;
};

}  // namespace vedette
