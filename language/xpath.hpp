#pragma once

// XPath 1.0 over XML and HTML, by libxml2. Documents never reach for the network or for files, and are bounded in depth
// and size as libxml2 bounds them; an expression takes a million operations at most.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/value.hpp"

namespace vedette::language {

enum class Markup : bool { kXml, kHtml };

struct XPathProblem {
  bool of_document = false;  ///< the document is none; otherwise the expression cannot be evaluated over it
  std::string message;
};

class XPath {
 public:
  static tl::expected<XPath, std::string> compile(std::string_view text);

  /// How many nodes, a text, a number or whether it is so. Namespaces of the document's root may be used, its default
  /// one as `_`.
  [[nodiscard]] tl::expected<Value, XPathProblem> evaluate(std::string_view document, Markup markup) const;

 private:
  std::string text_;
};

}  // namespace vedette::language
