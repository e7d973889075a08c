#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vedette {

/// Two lower-case digits for each byte.
std::string to_hex(std::string_view bytes);
std::string to_hex(const unsigned char* bytes, std::size_t size);

}  // namespace vedette
