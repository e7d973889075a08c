#pragma once

// The head of a response as Boost.Beast's strict parser wants it, made from what everyone else understands too. Where
// the RFC leaves a choice, it is that of Go's net/http, and so of blackbox_exporter.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::net {

struct ResponseHead {
  std::string text;     ///< lines end with CRLF, and it is of HTTP/1.0 or HTTP/1.1
  std::string version;  ///< what the server says it speaks: 1.1, 1.0, 1.2, 0.9, …
};

/// `head` ends with its empty line. Lines that end with a bare LF and a status line without a reason are fine. What a
/// body's length is said to be does not count beside chunks, nor chunks in HTTP/1.0 (RFC 9112 section 6); an error for
/// other codings of the transfer.
tl::expected<ResponseHead, std::string> normalized_head(std::string_view head);

/// Behind the empty line that ends a head; npos when it has not come yet. Nothing before `from` needs to be looked at;
/// it is set to where the next look may begin.
std::size_t end_of_head(std::string_view text, std::size_t& from);

/// Says which line of a head is no header, or holds what no header may (RFC 9110 section 5.5); empty when none does.
std::string bad_header_in(std::string_view head);

}  // namespace vedette::net
