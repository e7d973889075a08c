#pragma once

// The query of a URL, read as leniently as Go's net/url does: people paste targets with brackets, pipes and blanks in
// them, and blackbox_exporter takes them.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vedette {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// `text` with each %XX replaced by its byte, and + by a blank when `plus_is_blank`; nothing when a % has no two digits
/// behind it.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank);

/// The pairs of `query`, in their order. Pairs that cannot be decoded or hold a semicolon are left out.
Parameters parse_query(std::string_view query);

}  // namespace vedette
