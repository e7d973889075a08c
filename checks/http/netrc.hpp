#pragma once

// Names and passwords of machines in a file of `machine NAME login USER password PASSWORD` (netrc(5)).

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vedette::http {

/// The user and the password for `host`, or those of `default`; nothing when the file has neither.
std::optional<std::pair<std::string, std::string>> netrc_entry(std::string_view text, std::string_view host);

}  // namespace vedette::http
