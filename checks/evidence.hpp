#pragma once

// The border that a result crosses on its way out of a run. Behind it no text holds a secret of the check, every text
// is visible UTF-8, and all evidence together is bounded: targets decide what is in it.

#include "checks/redactor.hpp"
#include "checks/result.hpp"

namespace vedette {

constexpr std::size_t kMaxEvidenceText = 16 << 10;  ///< bytes of one text
constexpr std::size_t kMaxEvidenceItems = 200;      ///< of one list
constexpr std::size_t kMaxEvidence = 256 << 10;  ///< bytes of all texts; what does not fit is left out, and said to be
constexpr std::size_t kMaxLabelValue = 8 << 10;  ///< bytes

/// Masks, bounds and repairs all texts of `result`.
void seal(Result& result, const Redactor& redactor);

}  // namespace vedette
