#pragma once

// What a line is asked of: the answer of a check. A kind that takes `expect:` lines gives its answer this shape.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "language/value.hpp"

namespace vedette::language {

/// The facts of a certificate that a query may ask for; texts as OpenSSL shows them.
struct Certificate {
  std::string subject;
  std::string issuer;
  std::string serial_number;
  std::string subject_alt_name;
  Date start;
  Date expire;
};

/// An HTTP response. What it does not have is nothing to every query.
struct Subject {
  int status = 0;
  std::string version;  ///< 1.0, 1.1, 2, 3
  std::string url;      ///< of the last hop
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string ip;
  std::int64_t duration_ms = 0;
  std::optional<Certificate> certificate;
  std::vector<Redirect> redirects;
};

}  // namespace vedette::language
