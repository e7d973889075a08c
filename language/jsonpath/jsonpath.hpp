#pragma once

// JSONPath by RFC 9535. Immutable and cheap to copy; any number of threads may select with it at once.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "language/values/fault.hpp"
#include "language/values/json.hpp"
#include "language/values/reading.hpp"
#include "language/values/value.hpp"

namespace vedette::language {

namespace jsonpath {
struct Query;
}

class JsonPath {
 public:
  /// The error says what is wrong and where. Functions are checked for their types too (section 2.4.3).
  ///
  /// The RFC has match() and search() find nothing with a pattern that is none. With `strict_patterns` one that is
  /// written in the path is an error, as Hurl has it.
  static tl::expected<JsonPath, TextError> parse(std::string_view text, bool strict_patterns = false);

  /// The nodes that the path finds in `root`, in their order; they live as long as `root`. An error when it would have
  /// to visit more than `most` nodes: the document may come from a hostile server.
  [[nodiscard]] tl::expected<std::vector<const Value*>, Trouble> select(const Value& root,
                                                                        std::size_t max = kMaxPathNodes) const;

 private:
  std::shared_ptr<const jsonpath::Query> query_;
};

}  // namespace vedette::language
