#pragma once

// The word somebody probably meant, for hints.

#include <optional>
#include <span>
#include <string_view>

namespace vedette::config {

/// The candidate with the smallest edit distance to `word`, when that is at most a third of its length (at least 1).
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace vedette::config
