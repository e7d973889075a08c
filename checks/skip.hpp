#pragma once

#include <cstdint>
#include <string_view>

namespace vedette {

/// Why a due run has no result.
enum class Skip : std::uint8_t {
  kOverlap,  ///< the run before has not ended
  kLate,     ///< the agent did not get round to it in time
  kBudget,   ///< too many runs were in flight
  kChanged,  ///< it was cut off, or had not begun, when a reload changed its check
};

inline constexpr std::size_t kSkips = 4;  ///< how many reasons there are

inline std::string_view name_of(Skip skip) {
  switch (skip) {
    case Skip::kOverlap:
      return "overlap";
    case Skip::kLate:
      return "late";
    case Skip::kBudget:
      return "budget";
    case Skip::kChanged:
      return "changed";
  }
  return "unknown";
}

}  // namespace vedette
