#pragma once

// Digest authentication (RFC 7616): MD5, SHA-256 and their -sess forms, with qop auth, auth-int or none.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::http {

struct DigestRequest {
  std::string method;
  std::string target;  ///< path and query
  std::string user;
  std::string password;
  std::string cnonce;
  std::string body{};  ///< counts where the server wants it protected
};

/// The value of Authorization that answers one of the challenges of WWW-Authenticate; nothing when none of them is for
/// Digest, or all are in algorithms that we do not have.
std::optional<std::string> digest_authorization(const std::vector<std::string>& challenges,
                                                const DigestRequest& request);

}  // namespace vedette::http
