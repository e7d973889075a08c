#pragma once

// Digests and codes made of bytes, by OpenSSL.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vedette {

/// md5, sha1, sha256, sha384 or sha512, raw; nothing for another name.
std::optional<std::string> digest_of(std::string_view algorithm, std::string_view bytes);

/// RFC 2104, raw.
std::optional<std::string> hmac_of(std::string_view algorithm, std::string_view key, std::string_view bytes);

/// RFC 4648 section 6, in any case, with blanks, with or without padding; nothing when it is none.
std::optional<std::string> decode_base32(std::string_view text);

/// The one-time password of RFC 6238 at `unix_seconds`; nothing for an unknown algorithm.
std::optional<std::string> totp_of(std::string_view key, std::int64_t unix_seconds, int digits, std::int64_t period,
                                   std::string_view algorithm);

}  // namespace vedette
