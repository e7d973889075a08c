#pragma once

// What of a recorded request is nobody else's business, by the names that it goes by.

#include <string_view>

namespace vedette::scenarios {

/// Whether a value of that name is secret: `password`, `client_secret`, `X-Api-Key`, `accessToken`.
bool is_sensitive(std::string_view name);

}  // namespace vedette::scenarios
