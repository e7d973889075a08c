#pragma once

// Requests as commands of curl (https://curl.se/docs/manpage.html).

#include <string>
#include <utility>
#include <vector>

#include "net/http/http_exchange.hpp"
#include "scenarios/http/http_options.hpp"

namespace vedette::scenarios {

/// Names of the shell's variables for what must not be shown, by what they hold.
using SecretNames = std::vector<std::pair<std::string, std::string>>;

/// The command that sends the same request. Secrets become "$NAME", so that it can be run where they are set.
std::string curl_command(const std::string& method, const std::string& url, const net::Headers& headers,
                         const std::string& body, const HttpOptions& options, const SecretNames& secrets);

}  // namespace vedette::scenarios
