#pragma once

#include <filesystem>
#include <string>

namespace vedette::testing {

/// The whole contents of a file; empty when it cannot be read.
std::string contents_of(const std::filesystem::path& path);

}  // namespace vedette::testing
