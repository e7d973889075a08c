#pragma once

#include <string>
#include <string_view>

namespace vedette {

/// `text` as gzip at level 1: with pages rendered quickly, compression is what costs.
std::string gzip(std::string_view text);

}  // namespace vedette
