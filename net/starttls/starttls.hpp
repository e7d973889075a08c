#pragma once

// The dialogues that turn a plain connection into one that is ready for a TLS handshake.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "net/stream/line_reader.hpp"
#include "net/stream/stream.hpp"

namespace vedette::net {

/// smtp imap pop3 ftp postgres mysql ldap xmpp
std::span<const std::string_view> starttls_protocols();

/// The port that a protocol's plain service listens on.
std::uint16_t starttls_port(std::string_view protocol);

/// Speaks `protocol` until the server is ready for TLS. `host` is named where the protocol asks for it (XMPP).
/// A refusal is reason `starttls_refused` with the server's words.
boost::asio::awaitable<Problem> start_tls(std::string protocol, Stream& stream, LineReader& reader, std::string host);

}  // namespace vedette::net
