#pragma once

// A result for a person at a terminal: verdict, a waterfall of the phases, the facts, and for a failure the evidence.

#include <string>

#include "base/text.hpp"
#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// `style.verbose`: facts and log also when the run passed.
std::string to_report(const Check& check, const Result& result, const TextStyle& style);

/// What the kind tells a person; or facts as indented lines, `name: value`.
std::string told_text(const Evidence& evidence);

/// `12.3 ms`, `1.204 s`, `85 us`
std::string format_latency(Duration duration);

}  // namespace vedette
