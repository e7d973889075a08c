#pragma once

// What a Hurl file says of a response beside its sections: version, status, headers, body.

#include <vector>

#include "language/lines/subject.hpp"
#include "scenarios/run/render.hpp"

namespace vedette::scenarios {

void check_version_and_status(const ImplicitAsserts& asserts, const Origin& origin, const language::Subject& subject,
                              std::vector<Problem>& out);

/// Adds what is wrong with headers and body.
void check_headers(const ImplicitAsserts& asserts, const language::Subject& subject, Frame& frame,
                   std::vector<Problem>& out);
void check_body(const ImplicitAsserts& asserts, const language::Subject& subject, Frame& frame,
                std::vector<Problem>& out, std::vector<std::string>& diff);

}  // namespace vedette::scenarios
