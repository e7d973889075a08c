#pragma once

// Dates as text, in the dialect of strftime that Hurl's users write (the Rust library chrono's).

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/values/value.hpp"

namespace vedette::language {

/// `date` in UTC; what follows % and is none of the dialect's stands as it was written.
std::string format_date(const Date& date, std::string_view format);

/// Whether all that follows a % in `format` is one of the dialect's items.
bool is_date_format(std::string_view format);

/// The date that `text` tells by `format`: with a zone, or without one in UTC, or a day alone (its first second). The
/// error is a sentence.
tl::expected<Date, std::string> parse_date(std::string_view text, std::string_view format);

}  // namespace vedette::language
