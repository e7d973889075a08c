#pragma once

// The codings of a response's content: RFC 9110 section 8.4.

#include <string>
#include <string_view>
#include <vector>

#include "checks/http/body.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::scenarios {

/// The codings in the order in which they were applied, without `identity`.
std::vector<std::string> codings_of(const net::Headers& headers);

http::Compression compression_of(std::string_view coding);

}  // namespace vedette::scenarios
