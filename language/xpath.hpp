#pragma once

// XPath 1.0 over XML and HTML, by libxml2. Documents never reach for the network or for files, and are bounded in size
// as libxml2 bounds them.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/fault.hpp"
#include "language/reading.hpp"
#include "language/value.hpp"

namespace vedette::language {

enum class Markup : bool { kXml, kHtml };

class XPath {
 public:
  static tl::expected<XPath, std::string> compile(std::string_view text);

  /// How many nodes, a text, a number or whether it is so. Namespaces of the document's root may be used, its default
  /// one as `_`. The kind of an error is kInvalidXml, kInvalidXPath or kLimit.
  [[nodiscard]] tl::expected<Value, Trouble> evaluate(std::string_view document, Markup markup,
                                                      const Reading& reading = {}) const;

 private:
  std::string text_;
};

}  // namespace vedette::language
