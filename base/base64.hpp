#pragma once

// RFC 4648.

#include <optional>
#include <string>
#include <string_view>

namespace vedette {

/// Section 4.
std::string encode_base64(const std::string& bytes);

/// Section 5, without padding.
std::string encode_base64_url(const std::string& bytes);

/// The bytes; nothing when `text` is not base64 with its padding.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace vedette
