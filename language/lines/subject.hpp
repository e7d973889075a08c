#pragma once

// What a line is asked of: the answer of a check. A kind that takes `expect:` lines gives its answer this shape.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "language/markup/xpath.hpp"
#include "language/values/fault.hpp"
#include "language/values/reading.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

/// The facts of a certificate that a query may ask for; texts as OpenSSL shows them.
struct Certificate {
  std::string subject;
  std::string issuer;
  std::string serial_number;
  std::string subject_alt_name;
  Date start;
  Date expire;
  std::string pem{};
};

/// What is made of a body once, however many lines look at it.
struct ReadBody {
  std::optional<tl::expected<std::string, Fault>> text{};
  std::optional<tl::expected<Value, Fault>> json{};
  std::optional<tl::expected<MarkupTree, Trouble>> markup{};
};

/// What it does not have is nothing to every query.
struct Subject {
  std::string ip;
  std::int64_t duration_ms = 0;
  std::vector<std::pair<std::string, double>> phases;  ///< their names, and what each took in milliseconds
  std::optional<Certificate> certificate;              ///< the peer's own
  std::map<std::string, Value, std::less<>> facts;     ///< what has a query of its own name: `rcode`, `alpn`, …
  std::string body;                                    ///< of a response, or all that was heard
  std::string raw_body;                                ///< as it came, when its coding was taken off
  Reading reading{};
  std::optional<Fault> body_problem;  ///< why there is no body to look at
  mutable ReadBody read{};            ///< for queries alone
  std::shared_ptr<void> memory{};     ///< the share of a limit that the body has, given back with it

  // Of HTTP.
  int status = 0;
  std::string version;  ///< 1.0, 1.1, 2, 3
  std::string url;      ///< of the last hop
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Redirect> redirects;
};

}  // namespace vedette::language
