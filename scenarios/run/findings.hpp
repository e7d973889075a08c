#pragma once

// What is wrong with a step, from the faults of the language and the results of checks.

#include "checks/result.hpp"
#include "language/values/fault.hpp"
#include "scenarios/model/origin.hpp"
#include "scenarios/model/record.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::scenarios {

/// A fault with the text that it lies in.
struct Problem {
  language::Fault fault;
  Origin origin;
};

/// The reason of a step that has this fault; the message of a connection's is the check's own.
Reason reason_of(language::FaultKind kind);

/// With all secrets that are known masked.
Finding finding_of(const Session& session, const Problem& problem);

/// One sentence for people and machines: what was found and what was expected.
std::string sentence_of(const Finding& finding);

}  // namespace vedette::scenarios
