#pragma once

// The `expect:` lines of a check: read from the configuration, and asked of an answer.

#include <string>
#include <vector>

#include "config/mapping.hpp"
#include "language/lines/subject.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// One item of the list: a line, or several under `any_of:` of which one must hold.
struct Expectation {
  std::vector<Assert> any_of;
};

/// Reads the list `expect`. What is wrong with a line is a diagnostic at its place.
std::vector<Expectation> decode_expectations(config::Mapping& section, const Vocabulary& vocabulary);

/// A fault in words.
std::string sentence_of(const Fault& fault);

/// Whether a line asks for this.
bool asks_for(const std::vector<Expectation>& expectations, QueryKind kind);

/// Whether a query looks at what the body holds, or a TCP server has said.
bool looks_at_body(const Query& query);
/// Whether a line looks at what the body holds, or a TCP server has said.
bool looks_at_body(const std::vector<Expectation>& expectations);

/// For each that does not hold a sentence: the line, what was found and what was expected.
std::vector<std::string> unmet(const std::vector<Expectation>& expectations, const Subject& subject);

}  // namespace vedette::language
