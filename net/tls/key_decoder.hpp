#pragma once

// How OpenSSL 3.0 decodes the public keys in certificates. Its decoder framework takes a third of a handshake; the code
// that earlier versions used, still in the library, takes next to nothing. OpenSSL prefers it for types of key that an
// engine claims, so an engine that does nothing else claims RSA and EC. What is accepted stays the same: the self-test
// sees to it, and all signatures are verified as ever.

#include <string>

namespace vedette::net {

/// Switches the old decoder on for the whole process, once, before the first handshake: unless the environment variable
/// VEDETTE_KEY_DECODER is `provider`, this OpenSSL has no engines, or the self-test fails. Returns why it is off, or
/// nothing.
std::string use_fast_key_decoder();

}  // namespace vedette::net
