#pragma once

// Steps that are other kinds of check: their short keys become those of the kind's section and its target.

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "checks/check.hpp"
#include "scenarios/model/scenario.hpp"
#include "scenarios/run/findings.hpp"
#include "scenarios/run/session.hpp"

namespace vedette::config {
struct Context;
}

namespace vedette::scenarios::yaml {

struct DecodedCheck {
  std::shared_ptr<const Settings> settings;
  std::string target;
};

/// Reads the section of a step whose placeholders are replaced, or that has none. What is wrong goes to `context`.
DecodedCheck read_check(const CheckAction& action, const config::Value& section, config::Context& context);

/// The same with the placeholders of `action` replaced now.
tl::expected<DecodedCheck, Problem> decode_check(const CheckAction& action, Frame& frame);

}  // namespace vedette::scenarios::yaml
