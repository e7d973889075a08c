#pragma once

// Getting an OAuth 2.0 token (RFC 6749 section 4.4, RFC 7523) before the request that it is for.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <tl/expected.hpp>

#include "checks/http/token_settings.hpp"
#include "checks/kind.hpp"

namespace vedette::http {

/// The value of Authorization, such as `Bearer abc`. What it takes is the run's phase `token`, once, whatever is done.
/// A client's secret goes as Basic authorization, and when that is refused, among the parameters.
boost::asio::awaitable<tl::expected<std::string, Failure>> fetch_token(RunContext& context,
                                                                       const TokenSettings& settings);

/// A signed assertion (a JWT) that is valid for an hour from `now`; the error says what is wrong with the key.
tl::expected<std::string, std::string> make_assertion(const TokenSettings& settings,
                                                      std::chrono::system_clock::time_point now);

/// `text` as a form's value.
std::string form_encoded(std::string_view text);

}  // namespace vedette::http
