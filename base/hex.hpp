#pragma once

#include <string>
#include <string_view>

namespace vedette {

/// Bytes as pairs of hexadecimal digits.
std::string to_hex(std::string_view bytes);

}  // namespace vedette
