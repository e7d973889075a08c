#pragma once

// A run for people and for tools that collect tests.

#include <string>
#include <vector>

#include "base/text.hpp"
#include "language/lines/reader.hpp"
#include "scenarios/model/record.hpp"

namespace vedette::scenarios {

/// One line for the run, and a bar for each step; findings are not in it. `style.verbose`: phases, captures and
/// commands also of steps that passed.
std::string to_text(const RunRecord& record, const TextStyle& style);

/// What is wrong with a step, each with its place, its line and what is under it. Those of a Hurl file have Hurl's
/// layout (https://hurl.dev), others that of diagnostics.
std::string findings_text(const RunRecord& record, const TextStyle& style);

/// Why a Hurl file cannot be read, in Hurl's layout.
std::string syntax_error_text(const std::shared_ptr<const config::Source>& source, const language::SyntaxError& error,
                              bool colour);

/// A test suite for each run, a test case for each step.
std::string to_junit(const std::vector<RunRecord>& records);

/// Test Anything Protocol 13: a test for each step that is no group.
std::string to_tap(const std::vector<RunRecord>& records);

}  // namespace vedette::scenarios
