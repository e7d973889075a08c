#include "language/markup/xml_scan.hpp"

#include <libxml/parser.h>

#include <memory>

namespace vedette::language {

namespace {

struct Depth {
  int open = 0;
  bool whole = false;
};

void opened(void* depth, const xmlChar* /*name*/, const xmlChar* /*prefix*/, const xmlChar* /*uri*/, int /*namespaces*/,
            const xmlChar** /*pairs*/, int /*attributes*/, int /*defaulted*/, const xmlChar** /*values*/) noexcept {
  ++static_cast<Depth*>(depth)->open;
}

void closed(void* depth, const xmlChar* /*name*/, const xmlChar* /*prefix*/, const xmlChar* /*uri*/) noexcept {
  auto& state = *static_cast<Depth*>(depth);
  state.whole = --state.open == 0;
}

void ignore(void* /*context*/, xmlErrorPtr /*error*/) noexcept {}

}  // namespace

std::optional<std::size_t> xml_document_size(std::string_view text) {
  xmlSAXHandler handler{};
  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = &opened;
  handler.endElementNs = &closed;
  handler.serror = &ignore;
  Depth depth;
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(
      xmlCreatePushParserCtxt(&handler, &depth, nullptr, 0, nullptr), &xmlFreeParserCtxt);
  if (!parser) return std::nullopt;
  xmlCtxtUseOptions(parser.get(), XML_PARSE_NONET);
  // An element can only end with its bracket.
  std::size_t begin = 0;
  while (!depth.whole) {
    const auto bracket = text.find('>', begin);
    if (bracket == std::string_view::npos) return std::nullopt;
    const auto piece = text.substr(begin, bracket + 1 - begin);
    if (xmlParseChunk(parser.get(), piece.data(), static_cast<int>(piece.size()), 0) != 0) return std::nullopt;
    begin = bracket + 1;
  }
  return begin;
}

}  // namespace vedette::language
