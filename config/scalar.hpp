#pragma once

// Booleans and whole numbers as Go's reader of YAML takes them (gopkg.in/yaml.v3), since blackbox_exporter's files are
// written for it.

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/value.hpp"

namespace vedette::config {

/// YAML 1.2's true and false when plain; YAML 1.1's yes, no, on, off, y and n in quotes too.
std::optional<bool> boolean_of(const Value& value);

/// What a plain scalar says as a number.
struct Whole {
  std::int64_t value = 0;
  bool cut = false;  ///< it had a fraction, which Go cuts off
};

/// Decimal, 0x, 0o (or just 0) and 0b, with `_` anywhere between digits, and whole numbers written as 2e2 or 2.0.
/// Quoted digits are a text.
std::optional<Whole> whole_of(const Value& value);

/// Any finite number, written plain.
std::optional<double> number_of(const Value& value);

}  // namespace vedette::config
