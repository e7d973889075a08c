#pragma once

#include <string_view>

namespace vedette {

/// The project's version; CMake passes it.
inline constexpr std::string_view kVersion = VEDETTE_VERSION;

}  // namespace vedette
