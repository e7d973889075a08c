#include "language/markup/xpath.hpp"

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

namespace vedette::language {

namespace {

/// Once, before there are threads.
[[maybe_unused]] const bool kInitialized = (xmlInitParser(), true);

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Document = std::unique_ptr<xmlDoc, Freer<&xmlFreeDoc>>;
using Context = std::unique_ptr<xmlXPathContext, Freer<&xmlXPathFreeContext>>;
using Compiled = std::unique_ptr<xmlXPathCompExpr, Freer<&xmlXPathFreeCompExpr>>;
using Evaluated = std::unique_ptr<xmlXPathObject, Freer<&xmlXPathFreeObject>>;

void ignore_error(void* /*context*/, xmlErrorPtr /*error*/) {}

const xmlChar* chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

using XmlParser = std::unique_ptr<xmlParserCtxt, Freer<&xmlFreeParserCtxt>>;
using HtmlParser = std::unique_ptr<htmlParserCtxt, Freer<&htmlFreeParserCtxt>>;

bool is_too_deep(const xmlParserCtxt& parser) {
  const char* message = parser.lastError.message;
  return message != nullptr && std::string_view(message).starts_with("Excessive depth");
}

Trouble too_deep(std::size_t depth) {
  return {FaultKind::kLimit, fmt::format("the document is nested deeper than {}", depth), "xml_depth"};
}

/// Whether elements are nested deeper than `most`.
bool is_deeper(const xmlNode* root, std::size_t max) {
  std::size_t depth = 1;
  const auto* node = root;
  while (node != nullptr) {
    if (depth > max) return true;
    // The children of a reference to an entity are the entity's.
    if (node->type == XML_ELEMENT_NODE && node->children != nullptr) {
      node = node->children;
      ++depth;
      continue;
    }
    while (node != root && node->next == nullptr) {
      node = node->parent;
      --depth;
    }
    node = node == root ? nullptr : node->next;
  }
  return false;
}

void register_namespaces(xmlXPathContext* context, xmlDoc* document) {
  const auto* root = xmlDocGetRootElement(document);
  for (const auto* ns = root == nullptr ? nullptr : root->nsDef; ns != nullptr; ns = ns->next) {
    xmlXPathRegisterNs(context, ns->prefix == nullptr ? chars("_") : ns->prefix, ns->href);
  }
}

}  // namespace

tl::expected<MarkupTree, Trouble> read_markup(std::string_view text, Markup markup, const Reading& reading) {
  const auto size = static_cast<int>(text.size());
  Document out;
  bool deep = false;
  if (markup == Markup::kHtml) {
    constexpr int kOptions = HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_RECOVER;
    const HtmlParser parser(htmlNewParserCtxt());
    out.reset(htmlCtxtReadMemory(parser.get(), text.data(), size, nullptr, "UTF-8", kOptions));
    deep = is_too_deep(*parser);
  } else {
    constexpr int kOptions = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET;
    const XmlParser parser(xmlNewParserCtxt());
    out.reset(xmlCtxtReadMemory(parser.get(), text.data(), size, nullptr, nullptr, kOptions));
    deep = is_too_deep(*parser);
  }
  const auto* root = out ? xmlDocGetRootElement(out.get()) : nullptr;
  if (deep || is_deeper(root, reading.xml_depth)) return tl::make_unexpected(too_deep(reading.xml_depth));
  if (root != nullptr) return MarkupTree(std::move(out));
  return tl::make_unexpected(
      Trouble(FaultKind::kInvalidXml, markup == Markup::kHtml ? "the text is not HTML" : "the text is not XML"));
}

tl::expected<XPath, std::string> XPath::compile(std::string_view text) {
  XPath out;
  out.text_ = text;
  const Context context(xmlXPathNewContext(nullptr));
  xmlSetStructuredErrorFunc(nullptr, &ignore_error);
  context->error = &ignore_error;
  if (!Compiled(xmlXPathCtxtCompile(context.get(), chars(out.text_)))) {
    return tl::make_unexpected(std::string("it is not an XPath expression"));
  }
  return out;
}

tl::expected<Value, Trouble> XPath::evaluate(const MarkupTree& document, const Reading& reading) const {
  const Context context(xmlXPathNewContext(document.get()));
  context->error = &ignore_error;
  context->opLimit = reading.xpath_operations;
  register_namespaces(context.get(), document.get());
  const Evaluated found(xmlXPathEvalExpression(chars(text_), context.get()));
  if (!found) {
    if (context->opCount >= context->opLimit) {
      return tl::make_unexpected(Trouble(FaultKind::kLimit,
                                         fmt::format("the expression takes more than {} operations", context->opLimit),
                                         "xpath_operations"));
    }
    return tl::make_unexpected(Trouble(FaultKind::kInvalidXPath, "the expression cannot be evaluated: " + text_));
  }
  switch (found->type) {
    case XPATH_BOOLEAN:
      return Value(found->boolval != 0);
    case XPATH_NUMBER:
      return Value(found->floatval);
    case XPATH_STRING:
      return Value(std::string(reinterpret_cast<const char*>(found->stringval)));
    case XPATH_NODESET:
      return Value(Nodeset{found->nodesetval == nullptr ? 0U : static_cast<std::size_t>(found->nodesetval->nodeNr)});
    default:
      return tl::make_unexpected(Trouble(FaultKind::kInvalidXPath, "the expression gives no value: " + text_));
  }
}

}  // namespace vedette::language
