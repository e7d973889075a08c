#pragma once

// Steps that are checks of a kind: the keys of the step become those of the kind's section, and its target.

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "checks/check.hpp"
#include "config/mapping.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/run/findings.hpp"

namespace vedette::scenarios {

struct DecodedCheck {
  std::shared_ptr<const Settings> settings;
  std::string target;
};

/// Reads what a step says of a check of the action's kind, which has a StepForm; placeholders are texts like any other.
/// Problems go to the context.
DecodedCheck read_check(const CheckAction& action, const config::Value& value, config::Context& context);

/// The check of a step whose placeholders have their values now. One without placeholders was decoded when the file was
/// read.
tl::expected<DecodedCheck, Problem> decode_check(const CheckAction& action, language::Scope& scope);

}  // namespace vedette::scenarios
