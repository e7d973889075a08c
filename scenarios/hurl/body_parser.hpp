#pragma once

// The bodies of Hurl files: JSON, XML, texts between fences, bytes, files.

#include "language/lines/literal_parser.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios::hurl {

/// Reads the body that begins here; a failure that another thing may stand here is recoverable.
Body read_body(language::LiteralParser& literals, const Origin& origin);

}  // namespace vedette::scenarios::hurl
