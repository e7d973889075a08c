#pragma once

// Letters of ASCII, without a locale: names of headers, hosts and codings know no others.

#include <string>
#include <string_view>
#include <vector>

namespace vedette {

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

/// The parts between each `by`: one more than there are of them. They live as long as `text`.
std::vector<std::string_view> split(std::string_view text, char by);

/// Whether `text` is a token: what names of headers and methods are (RFC 9110 section 5.6.2).
bool is_token(std::string_view text);

/// Whether two names are equal but for the case of their letters.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// `text` without white space at both ends.
std::string_view trim(std::string_view text);

}  // namespace vedette
