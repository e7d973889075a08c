#pragma once

// First scenarios, written from what people have already.

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::scenarios {

/// A scenario of one step that does what a curl command does. Passwords and tokens become secrets. The error names the
/// option that has no counterpart.
tl::expected<std::string, std::string> from_curl(const std::string& command);
tl::expected<std::string, std::string> from_curl(const std::vector<std::string>& words);

/// A scenario of what a browser has recorded (http://www.softwareishard.com/blog/har-12-spec): without pictures, styles
/// and scripts, and without what a browser adds by itself.
tl::expected<std::string, std::string> from_har(const std::string& text);

}  // namespace vedette::scenarios
