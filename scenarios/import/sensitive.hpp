#pragma once

// What of a recorded request is nobody else's business, by the names that it goes by.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "language/values/value.hpp"

namespace vedette::scenarios {

/// Whether a value of that name is secret: `password`, `client_secret`, `X-Api-Key`, `accessToken`.
bool is_sensitive(std::string_view name);

/// Whether a member anywhere in `value` goes by such a name.
bool holds_secret(const language::Value& value);

/// Of a multipart body as it was sent.
struct RecordedPart {
  std::string name;
  std::size_t begin;  ///< of its value, in the body
  std::size_t size;
};

/// The boundary of a multipart body; empty when the headers tell of none.
std::string boundary_of(const std::vector<std::pair<std::string, std::string>>& headers);

/// The parts that have a name. Lines may end with a newline alone: recordings change them.
std::vector<RecordedPart> parts_of(std::string_view body, std::string_view boundary);

}  // namespace vedette::scenarios
