#pragma once

// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vedette {

/// The length of the valid sequence at the front of `text` (not empty), or 0.
std::size_t utf8_length(std::string_view text);

/// Whether all of `text` is valid.
bool is_utf8(std::string_view text);

/// `text` with every byte that is not valid replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// Adds the sequence of `code`, which is at most U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace vedette
