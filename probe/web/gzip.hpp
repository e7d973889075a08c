#pragma once

#include <string>
#include <string_view>

namespace vedette {

/// `text` as gzip at level 1: with pages rendered quickly, compression is what costs.
std::string gzip(std::string_view text);

/// Whether an `Accept-Encoding` header allows gzip.
bool accepts_gzip(std::string_view header);

}  // namespace vedette
