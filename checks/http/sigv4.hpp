#pragma once

// Signatures of requests as Amazon's services want them: Signature Version 4
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), with the provider's own names as in curl's
// --aws-sigv4 `provider1[:provider2[:region[:service]]]`.

#include <ctime>
#include <string>
#include <tl/expected.hpp>

#include "checks/http/url.hpp"
#include "net/http/http_exchange.hpp"

namespace vedette::http {

struct SigV4 {
  std::string scope;  ///< as curl's option is written
  std::string key_id;
  std::string secret;
  std::time_t when = 0;
};

/// Adds the date, and Authorization, to the headers of a request to `url`. The error is a sentence.
tl::expected<void, std::string> sign(const SigV4& settings, const Url& url, const std::string& method,
                                     const std::string& body, net::Headers& headers);

}  // namespace vedette::http
