#pragma once

// First scenarios, written from what people have already. They do the same as what they were written from; what has no
// counterpart is an error that names it. Passwords and tokens become secrets.

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::scenarios {

/// A scenario of what a curl command does: one step for each URL. `command` is as a shell would read it; what stands
/// behind the command (a pipe, a redirection, `&& …`) is left out.
tl::expected<std::string, std::string> from_curl(const std::string& command);
/// The same for a command that a shell has taken apart.
tl::expected<std::string, std::string> from_curl(const std::vector<std::string>& words);

/// A scenario of what a browser has recorded (http://www.softwareishard.com/blog/har-12-spec): without pictures, styles
/// and scripts, and without what a browser adds by itself.
tl::expected<std::string, std::string> from_har(const std::string& text);

}  // namespace vedette::scenarios
