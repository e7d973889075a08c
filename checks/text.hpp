#pragma once

// Text from targets, made fit to be shown: on pages, in logs, in JSON.

#include <cstddef>
#include <string>
#include <string_view>

namespace vedette {

/// At most `limit` bytes of `text` with everything unprintable replaced, for evidence and logs.
std::string printable(std::string_view text, std::size_t limit);

/// The length of the valid UTF-8 sequence at the front of `text` (not empty), or 0.
std::size_t utf8_length(std::string_view text);

/// `text` with every byte that is not valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// Whether two names are equal but for the case of ASCII letters, as names of headers and hosts are.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// `text` with what HTML and XML give a meaning written as entities; control characters that XML forbids are dropped.
std::string escape_markup(std::string_view text);

}  // namespace vedette
