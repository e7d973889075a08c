#pragma once

// The server's public keys that a request accepts, as curl and Hurl write them.

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::scenarios {

/// The SHA-256 digests, lower-case hex, of `sha256//BASE64`, several of them with semicolons between, or of the public
/// key in a file, PEM or DER. The error is a sentence.
tl::expected<std::vector<std::string>, std::string> pinned_keys(const std::string& written);

}  // namespace vedette::scenarios
