#pragma once

// Where secrets stand in a body that was recorded: in the parts of a multipart body, the fields of a form, the members
// of JSON, and in any of them inside of parts. Bodies may be broken or cut off: nothing is parsed that has to be whole.

#include <string>
#include <string_view>
#include <vector>

namespace vedette::scenarios {

struct SecretSpan {
  std::string name;   ///< that the secret goes by
  std::size_t begin;  ///< of its value, in the body
  std::size_t size;   ///< not zero
};

/// In the order in which they stand. `content_type` may name a boundary; without, the body's first line does.
std::vector<SecretSpan> secret_spans(std::string_view body, std::string_view content_type = {});

}  // namespace vedette::scenarios
