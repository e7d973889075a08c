#pragma once

// What Go's net/url refuses, for the URLs that blackbox_exporter parses when it reads its file.

#include <string>
#include <string_view>

namespace vedette::http {

/// Why Go's url.Parse would not take `text`; empty when it would. A text that is taken need not be of any use.
std::string go_url_problem(std::string_view text);

}  // namespace vedette::http
