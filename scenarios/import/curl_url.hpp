#pragma once

// URLs as curl takes them on its command line.

#include <string>
#include <tl/expected.hpp>

namespace vedette::scenarios {

/// `url` with a scheme, and `query` behind its own. With `globs`, `{a,b}` and `[1-3]` are refused, since curl makes
/// several URLs of them; a backslash before a brace or bracket goes.
tl::expected<std::string, std::string> curl_url(const std::string& url, bool globs, const std::string& query);

/// `url` with the name of `file` behind it where a file's name is missing, as curl does for an upload.
std::string upload_url(std::string url, const std::string& file);

}  // namespace vedette::scenarios
