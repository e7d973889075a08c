#pragma once

// Percent-encoding (RFC 3986 section 2.1).

#include <optional>
#include <string>
#include <string_view>

namespace vedette {

/// All but letters, digits, - . _ ~ and what is in `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

/// What is behind a % and is no pair of digits stays.
std::string percent_decoded(std::string_view text);

}  // namespace vedette
