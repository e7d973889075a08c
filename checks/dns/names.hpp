#pragma once

// The names that a configuration may use for types and classes of records: those that blackbox_exporter knows, and in
// Vedette's own checks any number (RFC 3597 section 5: TYPE65280, CLASS3).

#include <cstdint>
#include <optional>
#include <string_view>

namespace vedette::dns {

enum class Numbered : bool { kRefused, kAllowed };

std::optional<std::uint16_t> type_number(std::string_view mnemonic, Numbered numbered);
std::optional<std::uint16_t> class_number(std::string_view mnemonic, Numbered numbered);

}  // namespace vedette::dns
