#pragma once

// What Go's net/url refuses, for the URLs that blackbox_exporter parses when it reads its file.

#include <string>
#include <string_view>

namespace vedette::http {

/// Whether a % in a path must begin an escape: browsers and curl send it as it is, Go does not take such a URL.
enum class PathEscapes : bool { kStrict, kLenient };

/// Why Go's url.Parse would not take `text`; empty when it would. A text that is taken need not be of any use.
std::string go_url_problem(std::string_view text, PathEscapes escapes = PathEscapes::kStrict);

}  // namespace vedette::http
