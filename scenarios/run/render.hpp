#pragma once

// Bodies and requests with their placeholders replaced.

#include <string>
#include <tl/expected.hpp>

#include "scenarios/http/http_call.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/run/findings.hpp"

namespace vedette::scenarios {

template <typename T>
using Rendered = tl::expected<T, Problem>;

/// A text. Secrets that are in it are kept to be masked.
Rendered<language::Value> render(const Text& text, Frame& frame);
/// The same, as a plain string.
Rendered<std::string> render_text(const Text& text, Frame& frame);
/// A tree as a value.
Rendered<language::Value> render(const JsonTree& tree, Frame& frame);
/// JSON of a Hurl file, its blanks as they are.
Rendered<std::string> render(const JsonText& text, const Origin& origin, Frame& frame);

/// All that `action` sends. `options` have been read.
Rendered<RenderedRequest> render_request(const HttpAction& action, const HttpOptions& options, Frame& frame);

/// The bytes that a body has; nothing for none.
Rendered<std::optional<std::string>> render_body(const Body& body, Frame& frame, std::string& content_type);

}  // namespace vedette::scenarios
