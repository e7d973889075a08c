#pragma once

// A command as a shell reads it (POSIX.1 section 2.2, and Bash's $'…').

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::scenarios {

/// The words that the first command of `text` gets: quotes are taken away, and so are redirections, comments and what
/// follows the command. What only a shell knows (a variable, the output of a command) is an error.
tl::expected<std::vector<std::string>, std::string> shell_words(std::string_view text);

}  // namespace vedette::scenarios
