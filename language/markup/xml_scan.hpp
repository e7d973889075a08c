#pragma once

// How far an XML document reaches in a text that goes on behind it.

#include <cstddef>
#include <optional>
#include <string_view>

namespace vedette::language {

/// The bytes from the begin of `text` to behind its root element; nothing when there is no whole document.
std::optional<std::size_t> xml_document_size(std::string_view text);

}  // namespace vedette::language
