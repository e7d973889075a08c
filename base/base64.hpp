#pragma once

// RFC 4648.

#include <string>

namespace vedette {

/// Section 4.
std::string encode_base64(const std::string& bytes);

/// Section 5, without padding.
std::string encode_base64_url(const std::string& bytes);

}  // namespace vedette
