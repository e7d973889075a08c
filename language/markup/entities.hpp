#pragma once

// HTML's character references (https://html.spec.whatwg.org/multipage/named-characters.html).

#include <string>
#include <string_view>

namespace vedette::language {

/// `text` with its references replaced by what they stand for, as browsers do: those by number with or without a
/// semicolon, and the old names without one. What is no reference stays as it is.
std::string unescape_html(std::string_view text);

}  // namespace vedette::language
