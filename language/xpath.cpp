#include "language/xpath.hpp"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

namespace vedette::language {

namespace {

constexpr unsigned long kMostOperations = 1'000'000;

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

void ignore(void* /*context*/, xmlErrorPtr /*error*/) {}

const xmlChar* chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

Document parse(std::string_view text, Markup markup) {
  const auto size = static_cast<int>(text.size());
  if (markup == Markup::kHtml) {
    constexpr int kOptions = HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_RECOVER;
    return Document(htmlReadMemory(text.data(), size, nullptr, "UTF-8", kOptions));
  }
  constexpr int kOptions = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET;
  return Document(xmlReadMemory(text.data(), size, nullptr, nullptr, kOptions));
}

void register_namespaces(xmlXPathContext* context, xmlDoc* document) {
  const auto* root = xmlDocGetRootElement(document);
  for (const auto* ns = root == nullptr ? nullptr : root->nsDef; ns != nullptr; ns = ns->next) {
    xmlXPathRegisterNs(context, ns->prefix == nullptr ? chars("_") : ns->prefix, ns->href);
  }
}

}  // namespace

tl::expected<XPath, std::string> XPath::compile(std::string_view text) {
  XPath out;
  out.text_ = text;
  const Context context(xmlXPathNewContext(nullptr));
  xmlSetStructuredErrorFunc(nullptr, &ignore);
  context->error = &ignore;
  if (!Compiled(xmlXPathCtxtCompile(context.get(), chars(out.text_)))) {
    return tl::make_unexpected(std::string("it is not an XPath expression"));
  }
  return out;
}

tl::expected<Value, XPathProblem> XPath::evaluate(std::string_view document, Markup markup) const {
  const auto parsed = parse(document, markup);
  if (!parsed || xmlDocGetRootElement(parsed.get()) == nullptr) {
    return tl::make_unexpected(
        XPathProblem{true, markup == Markup::kHtml ? "the text is not HTML" : "the text is not XML"});
  }
  const Context context(xmlXPathNewContext(parsed.get()));
  context->error = &ignore;
  context->opLimit = kMostOperations;
  register_namespaces(context.get(), parsed.get());
  const Evaluated found(xmlXPathEvalExpression(chars(text_), context.get()));
  if (!found) return tl::make_unexpected(XPathProblem{false, "the expression cannot be evaluated: " + text_});
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
      return tl::make_unexpected(XPathProblem{false, "the expression gives no value: " + text_});
  }
}

}  // namespace vedette::language
