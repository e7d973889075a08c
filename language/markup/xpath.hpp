#pragma once

// XPath 1.0 over XML and HTML, by libxml2. Documents never reach for the network or for files, and are bounded in size
// as libxml2 bounds them.

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "language/values/fault.hpp"
#include "language/values/reading.hpp"
#include "language/values/value.hpp"

extern "C" struct _xmlDoc;  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming): libxml2's name

namespace vedette::language {

enum class Markup : bool { kXml, kHtml };

/// A document that was read, for one thread at a time.
using MarkupTree = std::shared_ptr<_xmlDoc>;

/// The kind of an error is kInvalidXml or kLimit.
tl::expected<MarkupTree, Trouble> read_markup(std::string_view text, Markup markup, const Reading& reading = {});

class XPath {
 public:
  static tl::expected<XPath, std::string> compile(std::string_view text);

  /// How many nodes, a text, a number or whether it is so. Namespaces of the document's root may be used, its default
  /// one as `_`. The kind of an error is kInvalidXPath or kLimit.
  [[nodiscard]] tl::expected<Value, Trouble> evaluate(const MarkupTree& document, const Reading& reading = {}) const;

 private:
  std::string text_;
};

}  // namespace vedette::language
