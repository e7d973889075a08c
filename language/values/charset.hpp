#pragma once

// Bytes in a charset as text in UTF-8, by iconv; labels as the web means them
// (https://encoding.spec.whatwg.org/#names-and-labels).

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::language {

/// Whether the web knows a charset of that label.
bool is_charset(std::string_view label);

/// The error is a sentence: there is no such charset, or the bytes are none of it.
tl::expected<std::string, std::string> decode_charset(std::string_view bytes, std::string_view label);

/// The charset that a Content-Type names, lower case; `utf-8` without one.
std::string charset_of(std::string_view content_type);

}  // namespace vedette::language
